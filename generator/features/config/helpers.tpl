{{/* One configuration file: its defaults, then global.config.[[ chart.line.product ]], then config. Takes (list root file). */}}
{{- define "[[ prefix ]].config" -}}
{{- $root := first . }}
{{- $file := last . }}
{{- $defaults := include (printf "[[ prefix ]].config.%s" $file) $root | fromYaml }}
{{- $shared := dig "[[ chart.line.product ]]" $file dict $root.Values.global.config }}
{{- $own := dig $file dict $root.Values.config }}
{{- mergeOverwrite $defaults (deepCopy $shared) (deepCopy $own) | toYaml }}
{{- end }}
