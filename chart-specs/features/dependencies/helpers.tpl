[% for dependency in graph.dependencies %]
{{/* Addresses of [[ dependency.title | comment ]], a JSON list of host:port. */}}
{{- define "[[ prefix ]].[[ dependency.name ]].addresses" -}}
{{- if eq .Values.global.[[ dependency.name ]].mode "external" }}
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
{{- else }}
{{- include "[[ prefix ]].[[ dependency.name ]].addresses" . | fromJsonArray | first | printf "[[ dependency.scheme ]]://%s" }}
{{- end }}
{{- end }}
[% endif %]
[% if not loop.last %]

[% endif %]
[% endfor %]
