{{/* URL of a path as browsers see it, from (dict "root" $ "host" KEY "path" PATH); empty when not exposed. */}}
{{- define "openim-msggateway.exposureURL" -}}
{{- $exposure := .root.Values.global.exposure }}
{{- with and (ne $exposure.type "none") (get $exposure.hosts .host) }}
{{- $exposure.scheme | default (ternary "https" "http" $exposure.tls.enabled) }}://{{ . }}
{{- with $exposure.port }}:{{ int . }}{{ end }}
{{- trimSuffix "/" $.path }}
{{- end }}
{{- end }}
