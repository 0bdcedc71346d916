global:
  scrape_interval: {{ .Values.global.monitoring.interval }}
  scrape_timeout: {{ .Values.global.monitoring.scrapeTimeout }}
  evaluation_interval: {{ .Values.global.monitoring.interval }}
  {{- with .Values.externalLabels }}
  external_labels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
rule_files: [/files/rules.yml]
alerting:
  alertmanagers:
    - kubernetes_sd_configs:
        - role: pod
          namespaces:
            names: [{{ include "prometheus.namespace" . }}]
          selectors:
            - role: pod
              label: app.kubernetes.io/name=alertmanager,app.kubernetes.io/part-of={{ include "prometheus.instance" . }}
      relabel_configs:
        - source_labels: [__meta_kubernetes_pod_container_port_name]
          regex: http
          action: keep
scrape_configs:
  - job_name: pods
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: [{{ include "prometheus.namespace" . }}]
        selectors:
          - role: pod
            label: app.kubernetes.io/part-of={{ include "prometheus.instance" . }}
    relabel_configs:
      {{- include "prometheus.podRelabelings" . | nindent 6 }}
  # What the API server reports about the pods. Discovery knows it as labels of targets, and each target here is this
  # Prometheus, asked for nothing: the metric up with those labels is all that is wanted.
  - job_name: pod-state
    metrics_path: /federate
    params:
      match[]: ['{__name__="none"}']
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names: [{{ include "prometheus.namespace" . }}]
        selectors:
          - role: pod
            label: app.kubernetes.io/part-of={{ include "prometheus.instance" . }}
    relabel_configs:
      {{- include "prometheus.stateRelabelings" . | nindent 6 }}
  {{- with .Values.namespaces }}
  - job_name: other-namespaces
    kubernetes_sd_configs:
      - role: pod
        namespaces:
          names:
            {{- toYaml . | nindent 12 }}
    relabel_configs:
      {{- include "prometheus.podRelabelings" $ | nindent 6 }}
  {{- end }}
  {{- if .Values.kubelet.enabled }}
  - job_name: kubelet
    scheme: https
    authorization:
      credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
    # A kubelet's certificate is signed by itself unless the cluster was told otherwise.
    tls_config:
      insecure_skip_verify: true
    kubernetes_sd_configs:
      - role: node
    metric_relabel_configs:
      - source_labels: [__name__]
        regex: kubelet_volume_stats_.*
        action: keep
  - job_name: containers
    scheme: https
    metrics_path: /metrics/cadvisor
    authorization:
      credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
    tls_config:
      insecure_skip_verify: true
    kubernetes_sd_configs:
      - role: node
    metric_relabel_configs:
      - source_labels: [namespace, __name__]
        regex: {{ include "prometheus.namespace" . }};container_(memory_working_set_bytes|spec_memory_limit_bytes|oom_events_total)
        action: keep
  {{- end }}
  {{- with include "prometheus.publicHosts" . | fromJsonArray }}
  {{- $scheme := include "prometheus.publicScheme" $ }}
  - job_name: public-hosts
    metrics_path: /probe
    params:
      module: [http]
    static_configs:
      - targets:
          {{- range . }}
          - {{ $scheme }}://{{ . }}/
          {{- end }}
        labels:
          namespace: {{ include "prometheus.namespace" $ }}
          app_kubernetes_io_part_of: {{ include "prometheus.instance" $ }}
    relabel_configs:
      {{- include "prometheus.probeRelabelings" $ | nindent 6 }}
  {{- if eq $scheme "https" }}
  - job_name: certificates
    metrics_path: /probe
    params:
      module: [tls]
    static_configs:
      - targets:
          {{- range . }}
          - {{ . }}{{ if not (contains ":" .) }}:443{{ end }}
          {{- end }}
        labels:
          namespace: {{ include "prometheus.namespace" $ }}
          app_kubernetes_io_part_of: {{ include "prometheus.instance" $ }}
    relabel_configs:
      {{- include "prometheus.probeRelabelings" $ | nindent 6 }}
  {{- end }}
  {{- end }}
  {{- with .Values.extraScrapeConfigs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
