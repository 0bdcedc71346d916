{{/* "true" when an autoscaler owns the number of pods, else empty. */}}
{{- define "[[ prefix ]].autoscaled" -}}
{{- if ne .Values.autoscaling.type "none" }}true{{ end }}
{{- end }}
