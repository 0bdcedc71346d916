{{- define "openim-rpc-group.serviceAccountName" -}}
{{- default (ternary (include "openim-rpc-group.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}
