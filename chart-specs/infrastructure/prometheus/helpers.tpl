{{/* The public hosts that are asked whether they answer, with a port where it is not the scheme's own; a JSON list. */}}
{{- define "prometheus.publicHosts" -}}
{{- $found := list }}
{{- with .Values.global.exposure }}
{{- if and $.Values.hostProbe.enabled (ne .type "none") }}
{{- range compact (list .hosts.main .hosts.admin) }}
{{- $found = append $found (ternary . (printf "%s:%v" . $.Values.global.exposure.port) (empty $.Values.global.exposure.port)) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson (uniq $found) }}
{{- end }}

{{/* The scheme of their URLs. */}}
{{- define "prometheus.publicScheme" -}}
{{- with .Values.global.exposure }}
{{- .scheme | default (ternary "https" "http" .tls.enabled) }}
{{- end }}
{{- end }}

{{/* What every scraped pod is told by: its annotations and its place. */}}
{{- define "prometheus.podRelabelings" -}}
- source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
  regex: "true"
  action: keep
# Of a pod's ports only the annotated one.
- source_labels: [__meta_kubernetes_pod_container_port_number]
  target_label: __meta_kubernetes_pod_annotation_prometheus_io_port
  action: keepequal
# A pod that is still being made, or waits for what it uses, has no metrics yet.
- source_labels: [__meta_kubernetes_pod_phase]
  regex: Pending|Succeeded|Failed
  action: drop
- source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
  regex: (.+)
  target_label: __metrics_path__
- source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
  target_label: job
- source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_job]
  regex: (.+)
  target_label: job
- source_labels: [__meta_kubernetes_namespace]
  target_label: namespace
- source_labels: [__meta_kubernetes_pod_name]
  target_label: pod
- source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_part_of]
  target_label: app_kubernetes_io_part_of
{{- end }}

{{/* What the metric up of the job pod-state says of each container: its pod's state, and which start of it this is. */}}
{{- define "prometheus.stateRelabelings" -}}
- source_labels: [__meta_kubernetes_pod_phase]
  regex: Succeeded
  action: drop
[% for label, target in [
  ("namespace", "namespace"),
  ("pod_name", "pod"),
  ("pod_name", "instance"),
  ("pod_uid", "uid"),
  ("pod_node_name", "node"),
  ("pod_phase", "phase"),
  ("pod_ready", "ready"),
  ("pod_controller_kind", "owner"),
  ("pod_container_name", "container"),
  ("pod_container_id", "container_id"),
  ("pod_container_init", "init"),
  ("pod_label_app_kubernetes_io_name", "app"),
  ("pod_label_app_kubernetes_io_part_of", "app_kubernetes_io_part_of"),
] %]
- source_labels: [__meta_kubernetes_[[ label ]]]
  target_label: [[ target ]]
[% endfor %]
- target_label: __address__
  replacement: 127.0.0.1:9090
{{- end }}

{{/* Targets of the container that probes hosts. */}}
{{- define "prometheus.probeRelabelings" -}}
- source_labels: [__address__]
  target_label: __param_target
- source_labels: [__param_target]
  target_label: instance
- target_label: __address__
  replacement: 127.0.0.1:9115
{{- end }}

{{/* Alerts that are about no single chart. */}}
{{- define "prometheus.generalRules" -}}
[% for rule in graph.general_alerts(chart) %]
- alert: [[ rule.name ]]
  expr: >-
    [[ rule.expression('{{ include "prometheus.namespace" $ }}', '{{ include "prometheus.instance" $ }}', '{{ include "prometheus.fullname" $ }}') ]]
[% if rule.wait %]
  for: [[ rule.wait ]]
[% endif %]
  labels:
    severity: [[ rule.severity ]]
    namespace: {{ include "prometheus.namespace" . }}
  annotations:
    summary: [[ rule.summary | scalar ]]
    description: [[ rule.description | scalar ]]
    runbook_url: [[ rule.runbook(catalog.repository) ]]
[% endfor %]
{{- end }}
