{{/* Name of the Secret: The password of Redis. */}}
{{- define "redis.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "redis.peer" (list . "redis")) }}
{{- else }}
{{- default (include "redis.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "redis.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}
