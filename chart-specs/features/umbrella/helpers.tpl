{{/* Some of many charts, for a message. */}}
{{- define "[[ prefix ]].some" -}}
{{- first . }}
{{- with len (rest .) }} and {{ . }} other{{ if gt . 1 }}s{{ end }}{{ end }}
{{- end }}
