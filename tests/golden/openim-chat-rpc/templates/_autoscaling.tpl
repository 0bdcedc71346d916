{{/* "true" when an autoscaler owns the number of pods, else empty. */}}
{{- define "openim-chat-rpc.autoscaled" -}}
{{- with .Values.autoscaling }}
{{- if ne .type "none" }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas is more than autoscaling.maxReplicas: set maxReplicas to %v or more" .minReplicas) }}
{{- end }}
{{- print "true" }}
{{- end }}
{{- end }}
{{- end }}
