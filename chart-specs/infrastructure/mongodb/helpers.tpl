{{/* A password as an environment variable; takes (list root variable credential key). */}}
{{- define "mongodb.password" -}}
{{- $root := first . -}}
{{- $credential := index . 2 -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include (printf "mongodb.%s.secretName" $credential) $root }}
      key: {{ get (get $root.Values.global $credential).secretKeys (last .) }}
{{- end }}
