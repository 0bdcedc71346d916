{{/* One configuration file: its defaults, then global.config.[[ chart.line.product ]], then config. Takes (list root file). */}}
{{- define "[[ prefix ]].config" -}}
{{- $root := first . }}
{{- $file := last . }}
{{- $text := include (printf "[[ prefix ]].config.%s" $file) $root }}
{{- $shared := dig "[[ chart.line.product ]]" $file dict $root.Values.global.config }}
{{- $own := dig $file dict $root.Values.config }}
{{- if or $shared $own }}
{{- $text = mergeOverwrite (fromYaml $text) (deepCopy $shared) (deepCopy $own) | toYaml }}
{{- end }}
[% for key in graph.refusals(chart) %]
{{- if and (eq $file "[[ key.file ]]") (eq (fromYaml $text).[[ key.path | join(".") ]] [[ key.value ]]) }}
{{- fail "[[ key.name ]] cannot be [[ key.value ]] with [[ chart.line.product ]] [[ chart.app_version ]]: [[ key.because ]]" }}
{{- end }}
[% endfor %]
{{- $text }}
{{- end }}

{{/* What values set a configuration key to, the chart's own first; empty where none does. Takes (list root "FILE.KEY"). */}}
{{- define "[[ prefix ]].configured" -}}
{{- $root := first . }}
{{- $found := "" }}
{{- range $node := list (get $root.Values.global.config "[[ chart.line.product ]]" | default dict) $root.Values.config }}
{{- range splitList "." (last $) }}
{{- if kindIs "map" $node }}
{{- $node = get $node . }}
{{- end }}
{{- end }}
{{- $found = $node | default $found }}
{{- end }}
{{- $found }}
{{- end }}

{{/* Data of the ConfigMap with the configuration files; pods start anew when it changes. */}}
{{- define "[[ prefix ]].configData" }}
[% for file in chart.config %]
  [[ file.filename ]]: |
    {{- include "[[ prefix ]].config" (list . "[[ file.name ]]") | nindent 4 }}
[% endfor %]
  [[ hook("config.files") ]]
{{- end }}
