{{/* Reference of an image; takes (list root IMAGE UPSTREAM), the last the registry that has it. The registry that is named
most closely holds: for the image, for its upstream, for all. A digest wins over the tag. */}}
{{- define "openim-rpc-group.imageReference" -}}
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

{{- define "openim-rpc-group.image" -}}
{{- include "openim-rpc-group.imageReference" (list . .Values.image "docker.io") }}
{{- end }}
