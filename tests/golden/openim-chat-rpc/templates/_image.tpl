{{/* Reference of an image; takes (list root image). A digest wins over the tag. */}}
{{- define "openim-chat-rpc.imageReference" -}}
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

{{- define "openim-chat-rpc.image" -}}
{{- $image := deepCopy .Values.image }}
{{- if eq $image.layout "all-in-one" }}
{{- $image = dict "repository" (default "openim/openim-chat" $image.repository) "tag" (default "v1.8.4-patch.5" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- if eq $image.layout "per-module" }}
{{- $image = dict "repository" (default "openim/openim-chat-rpc" $image.repository) "tag" (default "v1.8.4-patch.5" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- include "openim-chat-rpc.imageReference" (list . $image) }}
{{- end }}
