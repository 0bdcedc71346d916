{{/* Labels by which a rule is about this OpenIM only. */}}
{{- define "prometheus.scope" -}}
namespace="{{ include "prometheus.namespace" . }}",app_kubernetes_io_part_of="{{ include "prometheus.instance" . }}"
{{- end }}

{{/* host:port of the public hosts whose certificates are looked at, a JSON list. */}}
{{- define "prometheus.publicHosts" -}}
{{- $found := list }}
{{- with .Values.global.exposure }}
{{- if and $.Values.certificateProbe.enabled (ne .type "none") (eq (.scheme | default (ternary "https" "http" .tls.enabled)) "https") }}
{{- range compact (list .hosts.main .hosts.admin) }}
{{- $found = append $found (printf "%s:%d" . (int (default 443 $.Values.global.exposure.port))) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson (uniq $found) }}
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
- source_labels: [__meta_kubernetes_pod_phase]
  regex: Succeeded|Failed
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

{{/* Rules about what belongs to no chart. */}}
{{- define "prometheus.rules" -}}
{{- $place := printf "namespace=%q" (include "prometheus.namespace" .) -}}
{{- $scope := include "prometheus.scope" . -}}
- alert: InstanceGone
  expr: group by (job) (last_over_time(up{ {{- $scope -}} }[6h])) unless group by (job) (up{ {{- $scope -}} })
  for: 10m
  labels:
    severity: critical
    namespace: {{ include "prometheus.namespace" . }}
  annotations:
    summary: All pods that were there in the last hours are gone
    description: "{{ `{{ $labels.job }}` }}: kubectl get pods and kubectl describe pod tell why none of them runs. After six hours this is forgotten, as it should be where they were removed on purpose."
- alert: CertificateExpires
  expr: probe_ssl_earliest_cert_expiry{ {{- $scope -}} } - time() < 14 * 86400
  for: 1h
  labels:
    severity: warning
    namespace: {{ include "prometheus.namespace" . }}
  annotations:
    summary: The certificate of a public host ends within two weeks
    description: "{{ `{{ $labels.instance }}` }}: renew the certificate, or look at what should do so."
- alert: CertificateExpires
  expr: min by (name) (certmanager_certificate_expiration_timestamp_seconds{exported_{{ $place }}} or certmanager_certificate_expiration_timestamp_seconds{ {{- $place -}} }) - time() < 14 * 86400
  for: 1h
  labels:
    severity: warning
    namespace: {{ include "prometheus.namespace" . }}
  annotations:
    summary: A certificate of cert-manager ends within two weeks
    description: "{{ `{{ $labels.name }}` }}: kubectl describe certificate tells why it is not renewed."
- alert: DiskSpaceLow
  expr: kubelet_volume_stats_available_bytes{ {{- $place -}} } / kubelet_volume_stats_capacity_bytes{ {{- $place -}} } < 0.1
  for: 10m
  labels:
    severity: critical
    namespace: {{ include "prometheus.namespace" . }}
  annotations:
    summary: A volume is almost full
    description: "{{ `{{ $labels.persistentvolumeclaim }}` }} has less than a tenth of its space left; make it larger, or shorten what it keeps."
- alert: DiskSpaceRunsOut
  expr: predict_linear(kubelet_volume_stats_available_bytes{ {{- $place -}} }[6h], 3 * 86400) < 0 and kubelet_volume_stats_available_bytes{ {{- $place -}} } / kubelet_volume_stats_capacity_bytes{ {{- $place -}} } < 0.4
  for: 1h
  labels:
    severity: warning
    namespace: {{ include "prometheus.namespace" . }}
  annotations:
    summary: A volume will be full within three days
    description: "{{ `{{ $labels.persistentvolumeclaim }}` }} fills as it did in the last hours."
{{- end }}
