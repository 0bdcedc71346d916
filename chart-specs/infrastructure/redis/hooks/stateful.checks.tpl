{{- $group := int (add 1 .Values.cluster.replicas) }}
{{- if and (eq .Values.mode "standalone") (ne (int .Values.replicaCount) 1) }}
{{- fail "mode standalone is one pod: set replicaCount to 1, or mode to cluster" }}
{{- else if and (eq .Values.mode "cluster") (or (lt (int .Values.replicaCount) (mul 3 $group | int)) (mod .Values.replicaCount $group)) }}
{{- fail (printf "mode cluster needs at least three masters with %d replicas each: set replicaCount to %d, or to a larger multiple of %d" (int .Values.cluster.replicas) (mul 3 $group) $group) }}
{{- else if ne .Values.mode .Values.global.redis.topology }}
{{- fail (printf "mode is %s, but global.redis.topology, by which the modules connect, is %s: set both alike" .Values.mode .Values.global.redis.topology) }}
{{- end }}
