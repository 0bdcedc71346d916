{{- define "openim-msggateway.serviceAccountName" -}}
{{- default (ternary (include "openim-msggateway.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}
