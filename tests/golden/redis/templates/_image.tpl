{{/* Reference of an image; takes (list root IMAGE UPSTREAM), the last the registry that has it. The registry that is named
most closely holds: for the image, for its upstream, for all. A digest wins over the tag. */}}
{{- define "redis.imageReference" -}}
{{- $shared := (first .).Values.global.image }}
{{- $image := index . 1 }}
{{- $mirror := get (default dict $shared.registries) (last .) }}
{{- $name := printf "%s/%s" (coalesce $image.registry $mirror $shared.registry (last .)) $image.repository }}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name $image.tag }}
{{- end }}
{{- end }}

{{- define "redis.image" -}}
{{- $image := deepCopy .Values.image }}
{{- $upstream := "" }}
{{- if eq $image.layout "redis" }}
{{- $upstream = "docker.io" }}
{{- $image = dict "repository" (default "library/redis" $image.repository) "tag" (default "8.2.10" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- if eq $image.layout "valkey" }}
{{- $upstream = "docker.io" }}
{{- $image = dict "repository" (default "valkey/valkey" $image.repository) "tag" (default "9.1.1" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- include "redis.imageReference" (list . $image $upstream) }}
{{- end }}
