{{/* Reference of an image; takes (list root image). A digest wins over the tag. */}}
{{- define "openim-msggateway.imageReference" -}}
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

{{- define "openim-msggateway.image" -}}
{{- include "openim-msggateway.imageReference" (list . .Values.image) }}
{{- end }}
