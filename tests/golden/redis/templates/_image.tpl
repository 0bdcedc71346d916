{{/* Reference of an image; takes (list root image). A digest wins over the tag. */}}
{{- define "redis.imageReference" -}}
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

{{- define "redis.image" -}}
{{- $image := deepCopy .Values.image }}
{{- if eq $image.layout "redis" }}
{{- $image = dict "repository" (default "library/redis" $image.repository) "tag" (default "8.2.10" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- if eq $image.layout "valkey" }}
{{- $image = dict "repository" (default "valkey/valkey" $image.repository) "tag" (default "9.1.1" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- include "redis.imageReference" (list . $image) }}
{{- end }}
