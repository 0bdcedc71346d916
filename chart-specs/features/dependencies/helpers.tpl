[% for dependency in graph.dependencies %]
[% set selector = graph.selector(chart, dependency.name) %]
{{/* Addresses of [[ dependency.title | comment ]], a JSON list of host:port[[ "; none where it is not used" if selector ]]. */}}
{{- define "[[ prefix ]].[[ dependency.name ]].addresses" -}}
[% if selector %]
{{- if not [[ selector.condition ]] }}
{{- list | toJson }}
[% endif %]
{{- [[ "else " if selector ]]if eq .Values.global.[[ dependency.name ]].mode "external" }}
{{- toJson .Values.global.[[ dependency.name ]].addresses }}
[% if dependency.kubeblocks %]
{{- else if eq .Values.global.[[ dependency.name ]].mode "kubeblocks" }}
{{- list (printf "[[ dependency.kubeblocks.service | replace("{cluster}", "%s") ]]:[[ dependency.port ]]" (include "[[ prefix ]].peer" (list . "[[ dependency.component ]]"))) | toJson }}
[% endif %]
{{- else }}
{{- list (printf "%s:[[ dependency.port ]]" (include "[[ prefix ]].peer" (list . "[[ dependency.component ]]"))) | toJson }}
{{- end }}
{{- end }}
[% if "publicURL" in dependency.values %]

{{/* Where clients outside the cluster reach [[ dependency.title | comment ]]. */}}
{{- define "[[ prefix ]].[[ dependency.name ]].publicURL" -}}
[% set provider = catalog.charts.get(dependency.component) %]
{{- if .Values.global.[[ dependency.name ]].publicURL }}
{{- .Values.global.[[ dependency.name ]].publicURL }}
[% if provider and provider.exposure and provided("exposureURL") %]
{{- else if and (ne .Values.global.exposure.type "none") (eq .Values.global.[[ dependency.name ]].mode "builtin") }}
{{- include "[[ prefix ]].exposureURL" (dict "root" . "host" "[[ provider.exposure.host ]]" "path" "[[ provider.exposure.path ]]") }}
[% endif %]
[% if selector %]
{{- else if [[ selector.condition ]] }}
[% else %]
{{- else }}
[% endif %]
{{- include "[[ prefix ]].[[ dependency.name ]].addresses" . | fromJsonArray | first | printf "[[ dependency.scheme ]]://%s" }}
{{- end }}
{{- end }}
[% endif %]
[% if not loop.last %]

[% endif %]
[% endfor %]
