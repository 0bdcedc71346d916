{{/* Reference of an image; takes (list root image). A digest wins over the tag. */}}
{{- define "[[ prefix ]].imageReference" -}}
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

{{- define "[[ prefix ]].image" -}}
[% if chart.images | length > 1 %]
{{- $image := deepCopy .Values.image }}
[% for name, image in chart.images.items() %]
{{- if eq $image.layout "[[ name ]]" }}
[% if image.digest %]
{{- if not (or $image.repository $image.tag $image.digest) }}
{{- $image = dict "digest" "[[ image.digest ]]" | mergeOverwrite $image }}
{{- end }}
[% endif %]
{{- $image = dict "repository" (default "[[ image.repository ]]" $image.repository) "tag" (default "[[ image.tag ]]" $image.tag) | mergeOverwrite $image }}
{{- end }}
[% endfor %]
{{- include "[[ prefix ]].imageReference" (list . $image) }}
[% else %]
{{- include "[[ prefix ]].imageReference" (list . .Values.image) }}
[% endif %]
{{- end }}
