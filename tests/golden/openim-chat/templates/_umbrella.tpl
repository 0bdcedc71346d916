{{/* Some of many charts, for a message. */}}
{{- define "openim-chat.some" -}}
{{- first . }}
{{- with len (rest .) }} and {{ . }} other{{ if gt . 1 }}s{{ end }}{{ end }}
{{- end }}
