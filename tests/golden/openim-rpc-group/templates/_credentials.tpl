{{/* Name of the Secret: User name and password of etcd. */}}
{{- define "openim-rpc-group.etcd.secretName" -}}
{{- default (include "openim-rpc-group.peer" (list . "etcd")) .Values.global.etcd.existingSecret }}
{{- end }}

{{/* Name of the Secret: The password of MongoDB. It becomes part of a URI without escaping, so it must not contain '/', ':', '@' or '%'. */}}
{{- define "openim-rpc-group.mongodb.secretName" -}}
{{- if and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret) }}
{{- printf "%s-mongodb-account-root" (include "openim-rpc-group.peer" (list . "mongodb")) }}
{{- else }}
{{- default (include "openim-rpc-group.peer" (list . "mongodb")) .Values.global.mongodb.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-rpc-group.mongodb.secretKey" -}}
{{- $global := (first .).Values.global.mongodb }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The password of Redis. */}}
{{- define "openim-rpc-group.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "openim-rpc-group.peer" (list . "redis")) }}
{{- else }}
{{- default (include "openim-rpc-group.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-rpc-group.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The secret that all modules of server and chat share and that signs user tokens. */}}
{{- define "openim-rpc-group.server.secretName" -}}
{{- default (include "openim-rpc-group.peer" (list . "server")) .Values.global.server.existingSecret }}
{{- end }}
