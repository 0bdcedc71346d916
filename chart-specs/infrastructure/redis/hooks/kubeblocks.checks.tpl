{{- if or (eq .Values.mode "cluster") (eq .Values.global.redis.topology "cluster") }}
{{- fail "global.redis.mode kubeblocks runs Redis standalone: set mode and global.redis.topology to standalone, or use the mode builtin or external for a cluster" }}
{{- end }}
