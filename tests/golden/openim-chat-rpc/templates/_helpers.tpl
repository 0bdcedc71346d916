{{/* The mail server that sends verification codes, as a URL; empty where none does. */}}
{{- define "openim-chat-rpc.mailURL" -}}
{{- $mail := (include "openim-chat-rpc.config" (list . "chat-rpc-chat") | fromYaml).verifyCode.mail }}
{{- if $mail.enable }}
{{- printf "smtp://mail:%v" (int $mail.smtpPort) }}
{{- end }}
{{- end }}
