{{- if include "prometheus.claims" . }}
{{- /* Prometheus counts in powers of two, whatever the unit is called. */}}
{{- $kept := .Values.retention.size | trimSuffix "B" | printf "%si" | include "prometheus.bytes" | int64 }}
{{- if ge $kept (include "prometheus.bytes" .Values.persistence.size | int64) }}
{{- fail (printf "retention.size is %s and does not fit on a volume of %s: keep it below three quarters of persistence.size" .Values.retention.size .Values.persistence.size) }}
{{- end }}
{{- end }}
