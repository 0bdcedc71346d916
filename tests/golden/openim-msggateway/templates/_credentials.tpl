{{/* Name of the Secret: User name and password of etcd. */}}
{{- define "openim-msggateway.etcd.secretName" -}}
{{- default (include "openim-msggateway.peer" (list . "etcd")) .Values.global.etcd.existingSecret }}
{{- end }}

{{/* Name of the Secret: The password of Redis. */}}
{{- define "openim-msggateway.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "openim-msggateway.peer" (list . "redis")) }}
{{- else }}
{{- default (include "openim-msggateway.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-msggateway.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The secret that all modules of server and chat share and that signs user tokens. */}}
{{- define "openim-msggateway.server.secretName" -}}
{{- default (include "openim-msggateway.peer" (list . "server")) .Values.global.server.existingSecret }}
{{- end }}
