logging {
  level  = {{ .Values.logLevel | quote }}
  format = "logfmt"
}

discovery.kubernetes "pods" {
  role = "pod"
  {{- if ne .Values.scope "cluster" }}

  namespaces {
    names = [{{ include "alloy.namespace" . | quote }}]
  }
  {{- end }}
  {{- if eq .Values.scope "instance" }}

  selectors {
    role  = "pod"
    label = {{ printf "app.kubernetes.io/part-of=%s" (include "alloy.instance" .) | quote }}
  }
  {{- end }}
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  {{- $names := dict "namespace" "namespace" "pod" "pod_name" "container" "pod_container_name" }}
  {{- $names = merge $names (dict "app" "pod_label_app_kubernetes_io_name" "part_of" "pod_label_app_kubernetes_io_part_of") }}
  {{- range $label, $source := $names }}

  rule {
    source_labels = ["__meta_kubernetes_{{ $source }}"]
    target_label  = {{ $label | quote }}
  }
  {{- end }}

  rule {
    source_labels = ["namespace", "app"]
    separator     = "/"
    target_label  = "job"
  }
}

loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.process.openim.receiver]

  clustering {
    enabled = true
  }
}

loki.process "openim" {
  forward_to = [loki.write.default.receiver]

  // It repeats namespace, pod and container.
  stage.label_drop {
    values = ["instance"]
  }

  stage.match {
    selector = "{app=~\"openim-.+\"}"

    stage.json {
      expressions = {
        level        = "level",
        operation_id = "operationID",
      }
    }

    stage.labels {
      values = {
        level = "",
      }
    }

    stage.structured_metadata {
      values = {
        operation_id = "",
      }
    }
  }
}

loki.write "default" {
  endpoint {
    url = {{ .Values.lokiURL | default (printf "http://%s:3100/loki/api/v1/push" (include "alloy.peer" (list . "loki"))) | quote }}
  }
  {{- with .Values.externalLabels }}

  external_labels = {
    {{- range $name, $value := . }}
    {{ $name }} = {{ $value | quote }},
    {{- end }}
  }
  {{- end }}
}
