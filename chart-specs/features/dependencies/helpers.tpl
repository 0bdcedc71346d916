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
{{- list (printf "[[ dependency.kubeblocks.service | replace("{cluster}", "%s") ]]:[[ dependency.ports[dependency.operated] ]]" (include "[[ prefix ]].peer" (list . "[[ dependency.operated ]]"))) | toJson }}
[% endif %]
[% for mode, component in dependency.modes.items() %]
{{- else[[ ' if eq .Values.global.%s.mode "%s"' | format(dependency.name, mode) if not loop.last ]] }}
{{- list (printf "%s:[[ dependency.ports[component] ]]" (include "[[ prefix ]].peer" (list . "[[ component ]]"))) | toJson }}
[% endfor %]
{{- end }}
{{- end }}
[% if "publicURL" in dependency.values %]

{{/* Where clients outside the cluster reach [[ dependency.title | comment ]]. */}}
{{- define "[[ prefix ]].[[ dependency.name ]].publicURL" -}}
{{- if .Values.global.[[ dependency.name ]].publicURL }}
{{- .Values.global.[[ dependency.name ]].publicURL }}
[% for mode, component in dependency.modes.items() if provided("exposureURL") %]
[% set provider = catalog.charts[component] %]
[% if provider.exposure %]
{{- else if and (ne .Values.global.exposure.type "none") (eq .Values.global.[[ dependency.name ]].mode "[[ mode ]]") }}
{{- include "[[ prefix ]].exposureURL" (dict "root" . "host" "[[ provider.exposure.host ]]" "path" "[[ provider.exposure.path ]]") }}
[% endif %]
[% endfor %]
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
