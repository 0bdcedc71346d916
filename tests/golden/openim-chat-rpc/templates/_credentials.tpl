{{/* Name of the Secret: Secrets of chat, created once for each installation. */}}
{{- define "openim-chat-rpc.chat.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "chat")) .Values.global.chat.existingSecret }}
{{- end }}

{{/* Name of the Secret: User name and password of etcd. */}}
{{- define "openim-chat-rpc.etcd.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "etcd")) .Values.global.etcd.existingSecret }}
{{- end }}

{{/* Name of the Secret: Key and secret for the API of the LiveKit server for audio and video calls. */}}
{{- define "openim-chat-rpc.liveKit.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "live-kit")) .Values.global.liveKit.existingSecret }}
{{- end }}

{{/* Name of the Secret: Password of the mail account that sends verification codes. */}}
{{- define "openim-chat-rpc.mail.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "mail")) .Values.global.mail.existingSecret }}
{{- end }}

{{/* Name of the Secret: The password of MongoDB. It becomes part of a URI without escaping, so it must not contain '/', ':', '@' or '%'. */}}
{{- define "openim-chat-rpc.mongodb.secretName" -}}
{{- if and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret) }}
{{- printf "%s-mongodb-account-root" (include "openim-chat-rpc.peer" (list . "mongodb")) }}
{{- else }}
{{- default (include "openim-chat-rpc.peer" (list . "mongodb")) .Values.global.mongodb.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-chat-rpc.mongodb.secretKey" -}}
{{- $global := (first .).Values.global.mongodb }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The password of Redis. */}}
{{- define "openim-chat-rpc.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "openim-chat-rpc.peer" (list . "redis")) }}
{{- else }}
{{- default (include "openim-chat-rpc.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-chat-rpc.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The secret that all modules of server and chat share and that signs user tokens. */}}
{{- define "openim-chat-rpc.server.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "server")) .Values.global.server.existingSecret }}
{{- end }}

{{/* Name of the Secret: Keys of the Alibaba Cloud account that sends verification codes by SMS. */}}
{{- define "openim-chat-rpc.sms.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "sms")) .Values.global.sms.existingSecret }}
{{- end }}
