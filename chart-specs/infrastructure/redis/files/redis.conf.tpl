port 6379
dir /data
appendonly yes
appendfsync everysec
save ""
maxmemory {{ .Values.maxmemory }}
maxmemory-policy {{ .Values.maxmemoryPolicy }}
tcp-keepalive 60
shutdown-timeout 20
{{- if eq .Values.mode "cluster" }}
cluster-enabled yes
cluster-config-file nodes.conf
cluster-node-timeout {{ .Values.cluster.nodeTimeout }}
cluster-preferred-endpoint-type hostname
{{- end }}
{{- with .Values.extraConfig }}
{{- trim . | nindent 0 }}
{{- end }}
