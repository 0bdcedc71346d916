{{/* A password as an environment variable, from the Secret; takes (list root variable key). */}}
{{- define "mysql.secretVariable" -}}
{{- $root := first . -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include "mysql.mysql.secretName" $root }}
      key: {{ get $root.Values.global.mysql.secretKeys (last .) }}
{{- end }}
