{{/* The password as an environment variable, from the Secret; takes (list root variable). */}}
{{- define "redis.password" -}}
{{- $root := first . -}}
- name: {{ last . }}
  valueFrom:
    secretKeyRef:
      name: {{ include "redis.redis.secretName" $root }}
      key: {{ $root.Values.global.redis.secretKeys.password }}
{{- end }}
