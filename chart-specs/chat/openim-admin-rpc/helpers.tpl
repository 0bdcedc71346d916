{{/* How the first login at the administration pages goes; the notes of an umbrella say it too. */}}
{{- define "openim-admin-rpc.firstLogin" -}}
The administration pages have one account at first. Its name is its password too; log in and change that:

  kubectl get secret --namespace {{ include "openim-admin-rpc.namespace" . }} {{ include "openim-admin-rpc.chat.secretName" . }} --output jsonpath='{.data.{{ .Values.global.chat.secretKeys.adminUserID }}}' | base64 --decode
{{- end }}
