{{/* Reference of an image; takes (list root image). A digest wins over the tag. */}}
{{- define "openim-rpc-group.imageReference" -}}
{{- $root := first . }}
{{- $image := last . }}
{{- $registry := default $image.registry $root.Values.global.image.registry }}
{{- $name := ternary (printf "%s/%s" $registry $image.repository) $image.repository (ne $registry "") }}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name $image.tag }}
{{- end }}
{{- end }}

{{- define "openim-rpc-group.image" -}}
{{- include "openim-rpc-group.imageReference" (list . .Values.image) }}
{{- end }}
