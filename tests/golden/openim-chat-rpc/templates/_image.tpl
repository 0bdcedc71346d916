{{/* Reference of an image; takes (list root IMAGE UPSTREAM), the last the registry that has it. The registry that is named
most closely holds: for the image, for its upstream, for all. A digest wins over the tag. */}}
{{- define "openim-chat-rpc.imageReference" -}}
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

{{- define "openim-chat-rpc.image" -}}
{{- $image := deepCopy .Values.image }}
{{- $upstream := "" }}
{{- if eq $image.layout "all-in-one" }}
{{- $upstream = "docker.io" }}
{{- $image = dict "repository" (default "openim/openim-chat" $image.repository) "tag" (default "v1.8.4-patch.5" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- if eq $image.layout "per-module" }}
{{- $upstream = "docker.io" }}
{{- $image = dict "repository" (default "openim/openim-chat-rpc" $image.repository) "tag" (default "v1.8.4-patch.5" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- include "openim-chat-rpc.imageReference" (list . $image $upstream) }}
{{- end }}
