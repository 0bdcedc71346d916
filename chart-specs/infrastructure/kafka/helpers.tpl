{{/* "true" when clients must log in. */}}
{{- define "kafka.authenticated" -}}
{{- if or .Values.global.kafka.auth.enabled .Values.global.kafka.existingSecret }}true{{ end }}
{{- end }}

{{/* User and password as environment variables, from the Secret. */}}
{{- define "kafka.login" -}}
{{- if include "kafka.authenticated" . -}}
- name: SASL_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "kafka.kafka.secretName" . }}
      key: {{ .Values.global.kafka.secretKeys.username }}
- name: SASL_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "kafka.kafka.secretName" . }}
      key: {{ .Values.global.kafka.secretKeys.password }}
{{- end }}
{{- end }}

{{/* id@host:port of every controller. */}}
{{- define "kafka.voters" -}}
{{- range $i := until (int .Values.replicaCount) }}
{{- if $i }},{{ end }}{{ $i }}@{{ include "kafka.fullname" $ }}-{{ $i }}.{{ include "kafka.podDomain" $ }}:9093
{{- end }}
{{- end }}

{{- define "kafka.replicationFactor" -}}
{{- .Values.topics.replicationFactor | default .Values.replicaCount }}
{{- end }}

{{/* Names of OpenIM's topics, with spaces between them. */}}
{{- define "kafka.topics" -}}
[% set line = (graph.users | first).line %]
{{- $names := dig "[[ line.product ]]" "kafka" dict (.Values.global.config | default dict) }}
{{- list[% for key, node in line.config.kafka.schema.properties.items() if key.endswith("Topic") %] (default "[[ node.default ]]" $names.[[ key ]])[% endfor %] | join " " }}
{{- end }}

{{/* Bytes that each partition on a node may keep, so that they leave room on the volume; nothing where there is no limit. */}}
{{- define "kafka.retentionBytes" -}}
{{- if .Values.retentionPercent }}
{{- $bytes := div (mul (include "kafka.bytes" .Values.persistence.size | int64) .Values.retentionPercent) 100 }}
{{- $partitions := mul (include "kafka.topics" . | splitList " " | len) .Values.topics.partitions }}
{{- $copies := mul $partitions (include "kafka.replicationFactor" . | int) }}
{{- div $bytes (div (add $copies .Values.replicaCount -1) .Values.replicaCount) }}
{{- end }}
{{- end }}
