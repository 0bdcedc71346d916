{{- define "openim-web-front.serviceAccountName" -}}
{{- default (ternary (include "openim-web-front.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}
