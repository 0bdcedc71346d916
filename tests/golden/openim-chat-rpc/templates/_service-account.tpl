{{- define "openim-chat-rpc.serviceAccountName" -}}
{{- default (ternary (include "openim-chat-rpc.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}
