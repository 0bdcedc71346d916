[% for credential in (graph.credentials + graph.owned) | unique(attribute="name") | sort(attribute="name") %]
[% set global = ".Values.global." ~ credential.name %]
[% set dependency = catalog.dependencies.get(credential.name) %]
[% set operated = dependency.kubeblocks if dependency and dependency.kubeblocks and dependency.kubeblocks.secret else none %]
{{/* Name of the Secret: [[ credential.description | comment ]] */}}
{{- define "[[ prefix ]].[[ credential.name ]].secretName" -}}
[% if operated %]
{{- if and (eq [[ global ]].mode "kubeblocks") (not [[ global ]].existingSecret) }}
{{- printf "[[ operated.secret | replace("{cluster}", "%s") ]]" (include "[[ prefix ]].peer" (list . "[[ dependency.operated ]]")) }}
{{- else }}
{{- default (include "[[ prefix ]].peer" (list . "[[ credential.name | kebab ]]")) [[ global ]].existingSecret }}
{{- end }}
[% else %]
{{- default (include "[[ prefix ]].peer" (list . "[[ credential.name | kebab ]]")) [[ global ]].existingSecret }}
[% endif %]
{{- end }}
[% if operated %]

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "[[ prefix ]].[[ credential.name ]].secretKey" -}}
{{- $global := (first .).Values.global.[[ credential.name ]] }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict[% for key, name in operated["keys"].items() %] "[[ key ]]" "[[ name ]]"[% endfor %]) (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}
[% endif %]
[% if not loop.last %]

[% endif %]
[% endfor %]
