{{/* Reference of an image; takes (list root IMAGE UPSTREAM), the last the registry that has it. The registry that is named
most closely holds: for the image, for its upstream, for all. A digest wins over the tag. */}}
{{- define "[[ prefix ]].imageReference" -}}
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

{{- define "[[ prefix ]].image" -}}
[% if chart.images | length > 1 %]
{{- $image := deepCopy .Values.image }}
{{- $upstream := "" }}
[% for name, image in chart.images.items() %]
{{- if eq $image.layout "[[ name ]]" }}
[% if image.digest %]
{{- if not (or $image.repository $image.tag $image.digest) }}
{{- $image = dict "digest" "[[ image.digest ]]" | mergeOverwrite $image }}
{{- end }}
[% endif %]
{{- $upstream = "[[ image.registry ]]" }}
{{- $image = dict "repository" (default "[[ image.repository ]]" $image.repository) "tag" (default "[[ image.tag ]]" $image.tag) | mergeOverwrite $image }}
{{- end }}
[% endfor %]
{{- include "[[ prefix ]].imageReference" (list . $image $upstream) }}
[% else %]
{{- include "[[ prefix ]].imageReference" (list . .Values.image "[[ (chart.images.values() | first).registry ]]") }}
[% endif %]
{{- end }}
