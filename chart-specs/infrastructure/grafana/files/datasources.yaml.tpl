apiVersion: 1
datasources:
  {{- $sources := ternary (list "loki") (list "prometheus" "alertmanager" "loki") (eq .Values.global.monitoring.type "none") }}
  {{- include "grafana.dataSources" (prepend $sources .) | nindent 2 }}
  {{- with .Values.dataSources.extra }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
