auth_enabled: false
analytics:
  reporting_enabled: false
server:
  http_listen_port: 3100
  grpc_listen_port: 9095
  log_level: {{ .Values.logLevel }}
{{- $replicas := int .Values.replicaCount }}
common:
  path_prefix: /data
  instance_addr: ${POD_IP}
  # Two copies would need two pods for each line, so that none of them could restart.
  replication_factor: {{ ternary 3 1 (ge $replicas 3) }}
  ring:
    kvstore:
      store: {{ ternary "memberlist" "inmemory" (gt $replicas 1) }}
  storage:
    {{- if eq .Values.storage.type "filesystem" }}
    filesystem:
      chunks_directory: /data/chunks
      rules_directory: /data/rules
    {{- else }}
    {{- with .Values.storage.s3 }}
    s3:
      {{- with .endpoint }}
      endpoint: {{ . }}
      {{- end }}
      region: {{ .region }}
      bucketnames: {{ .bucket }}
      {{- if .existingSecret }}
      access_key_id: ${S3_ACCESS_KEY_ID}
      secret_access_key: ${S3_SECRET_ACCESS_KEY}
      {{- end }}
      insecure: {{ .insecure }}
      s3forcepathstyle: {{ .forcePathStyle }}
    {{- end }}
    {{- end }}
{{- if gt $replicas 1 }}
memberlist:
  advertise_addr: ${POD_IP}
  join_members:
    - {{ include "loki.podDomain" . }}:7946
{{- end }}
schema_config:
  configs:
    - from: "2024-04-01"
      store: tsdb
      object_store: {{ .Values.storage.type }}
      schema: v13
      index:
        prefix: index_
        period: 24h
compactor:
  retention_enabled: true
  delete_request_store: {{ .Values.storage.type }}
limits_config:
  {{- $limits := dict "retention_period" (printf "%dh" (mul 24 .Values.retentionDays)) "volume_enabled" true }}
  {{- mergeOverwrite $limits .Values.limits | toYaml | nindent 2 }}
