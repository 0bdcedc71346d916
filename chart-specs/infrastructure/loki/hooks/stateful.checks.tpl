{{- if and (gt (int .Values.replicaCount) 1) (eq .Values.storage.type "filesystem") }}
{{- fail "several pods of Loki need a bucket that they share: set storage.type to s3, or replicaCount to 1" }}
{{- end }}
{{- if and (eq .Values.storage.type "s3") (not .Values.storage.s3.bucket) }}
{{- fail "storage.type is s3, so storage.s3.bucket must name a bucket" }}
{{- end }}
