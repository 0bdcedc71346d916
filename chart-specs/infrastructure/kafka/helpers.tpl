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
