{{- if gt (int (include "kafka.replicationFactor" .)) (int .Values.replicaCount) }}
{{- fail "topics.replicationFactor is larger than replicaCount" }}
{{- end }}
