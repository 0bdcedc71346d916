{{- define "redis.serviceAccountName" -}}
{{- default (ternary (include "redis.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}
