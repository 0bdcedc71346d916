{{/* Where browsers reach Grafana: the public URL, else a forwarded port. */}}
{{- define "grafana.rootURL" -}}
{{- if include "grafana.exposed" . }}
{{- include "grafana.publicURL" . }}/
{{- else }}
{{- print "http://localhost:3000/grafana/" }}
{{- end }}
{{- end }}

{{/* Data sources, as Grafana's provisioning has them; takes (list root source name…). */}}
{{- define "grafana.dataSources" -}}
{{- $root := first . }}
{{- $ports := dict "prometheus" 9090 "loki" 3100 "alertmanager" 9093 }}
{{- $made := list }}
{{- range $name := rest . }}
{{- $source := get $root.Values.dataSources $name }}
{{- if $source.enabled }}
{{- $url := $source.url | default (printf "http://%s:%d" (include "grafana.peer" (list $root $name)) (get $ports $name | int)) }}
{{- $one := dict "name" (title $name) "uid" $name "type" $name "access" "proxy" "url" $url }}
{{- if eq $name "prometheus" }}
{{- $one = merge $one (dict "isDefault" true "jsonData" (dict "timeInterval" $root.Values.global.monitoring.interval)) }}
{{- else if eq $name "alertmanager" }}
{{- $one = set $one "jsonData" (dict "implementation" "prometheus") }}
{{- end }}
{{- $made = append $made $one }}
{{- end }}
{{- end }}
{{- toYaml $made }}
{{- end }}

{{/* How the first login goes; the notes of an umbrella say it too. */}}
{{- define "grafana.firstLogin" -}}
Log in to Grafana as the user of its Secret (admin, unless you made the Secret) with this password:

  kubectl get secret --namespace {{ include "grafana.namespace" . }} {{ include "grafana.grafana.secretName" . }} --output jsonpath='{.data.{{ .Values.global.grafana.secretKeys.adminPassword }}}' | base64 --decode
{{- end }}
