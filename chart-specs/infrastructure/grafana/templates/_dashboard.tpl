{{/* JSON of a dashboard, from (dict "name" NAME "dashboard" DATA). Panels flow from left to right in lines of 24. */}}
{{- define "grafana.dashboard" -}}
{{- $panels := list }}
{{- $x := 0 }}
{{- $y := 0 }}
{{- $height := 0 }}
{{- range $index, $panel := .dashboard.panels }}
{{- $type := default "timeseries" $panel.type }}
{{- $width := int (default (ternary 24 8 (eq $type "row")) $panel.width) }}
{{- if gt (add $x $width | int) 24 }}
{{- $x = 0 }}
{{- $y = add $y $height | int }}
{{- end }}
{{- $height = get (dict "row" 1 "stat" 4 "logs" 14) $type | default 8 | int }}
{{- $made := dict "id" (add1 $index) "type" $type "title" $panel.title "gridPos" (dict "x" $x "y" $y "w" $width "h" $height) }}
{{- $x = add $x $width | int }}
{{- if ne $type "row" }}
{{- $loki := eq (default "prometheus" $panel.source) "loki" }}
{{- $targets := list }}
{{- range $legend, $expression := $panel.queries }}
{{- $target := dict "refId" (printf "Q%d" (len $targets)) "expr" (replace "$scope" "namespace=\"$namespace\"" $expression) }}
{{- $targets = append $targets (set $target "legendFormat" ($legend | replace "<" "{{" | replace ">" "}}")) }}
{{- end }}
{{- $_ := set $made "datasource" (dict "type" (ternary "loki" "prometheus" $loki) "uid" (ternary "${logs}" "${metrics}" $loki)) }}
{{- $_ := set $made "targets" $targets }}
{{- $_ := set $made "fieldConfig" (dict "defaults" (dict "unit" (default "short" $panel.unit)) "overrides" list) }}
{{- if eq $type "logs" }}
{{- $_ := set $made "options" (dict "showTime" true "wrapLogMessage" true "enableLogDetails" true "sortOrder" "Descending") }}
{{- end }}
{{- end }}
{{- $panels = append $panels $made }}
{{- end }}
{{- $variables := list
  (dict "name" "metrics" "label" "Metrics" "type" "datasource" "query" "prometheus")
  (dict "name" "logs" "label" "Logs" "type" "datasource" "query" "loki")
  (dict "name" "namespace" "label" "Namespace" "type" "query" "query" "label_values(up{app_kubernetes_io_part_of!=\"\"}, namespace)" "datasource" (dict "type" "prometheus" "uid" "${metrics}") "refresh" 2) }}
{{- range .dashboard.variables }}
{{- $source := ternary (dict "type" "loki" "uid" "${logs}") (dict "type" "prometheus" "uid" "${metrics}") (eq (default "prometheus" .source) "loki") }}
{{- $variables = append $variables (merge (dict "type" "query" "datasource" $source "refresh" 2 "multi" true "includeAll" true "allValue" ".+" "current" (dict "text" "All" "value" "$__all")) (set (omit . "source") "query" (replace "$scope" "namespace=\"$namespace\"" .query))) }}
{{- end }}
{{- range .dashboard.inputs }}
{{- $variables = append $variables (dict "type" "textbox" "name" .name "label" .label "query" "") }}
{{- end }}
{{- dict "uid" (printf "openim-%s" .name) "title" .dashboard.title "tags" (list "openim") "schemaVersion" 41 "editable" false "refresh" "30s"
  "time" (dict "from" "now-1h" "to" "now")
  "links" (list (dict "type" "dashboards" "tags" (list "openim") "title" "OpenIM" "asDropdown" true "keepTime" true "includeVars" true))
  "templating" (dict "list" $variables) "panels" $panels | toRawJson }}
{{- end }}
