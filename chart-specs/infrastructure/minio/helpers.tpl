{{/* A key of a Secret as an environment variable; takes (list root variable credential key). */}}
{{- define "minio.variable" -}}
{{- $root := first . -}}
{{- $credential := index . 2 -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include (printf "minio.%s.secretName" $credential) $root }}
      key: {{ get (get $root.Values.global $credential).secretKeys (last .) }}
{{- end }}
