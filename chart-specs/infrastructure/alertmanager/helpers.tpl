{{/* Who gets alerts; nothing when nobody does. */}}
{{- define "alertmanager.destination" -}}
{{- if .Values.existingSecret -}}
Alerts go where the Secret {{ .Values.existingSecret }} says.
{{- else if .Values.receivers -}}
Alerts go to {{ range $i, $receiver := .Values.receivers }}{{ if $i }}, {{ end }}{{ $receiver.name }}{{ end }}.
{{- end }}
{{- end }}
