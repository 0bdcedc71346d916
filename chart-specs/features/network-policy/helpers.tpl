[% set provided = catalog.dependencies.values() | selectattr("component", "equalto", chart.name) | list %]
[% set ns = namespace(peers=[]) %]
[% for dependency in provided %]
[% for user in graph.users if dependency in user.uses %]
[% set ns.peers = ns.peers + [(dependency.port, user.name, graph.used_if([user], dependency.name))] %]
[% endfor %]
[% endfor %]
[% for caller in graph.callers %]
[% set ns.peers = ns.peers + [(chart.ports[graph.entry_port(chart)], caller.name, "")] %]
[% endfor %]
{{/* Who may reach the pods. */}}
{{- define "[[ prefix ]].networkPolicyIngress" -}}
[% if chart.kind == "infrastructure" %]
- from:
    - podSelector:
        matchLabels:
          {{- include "[[ prefix ]].selectorLabels" . | nindent 10 }}
[% endif %]
[% for port, all in ns.peers | groupby(0) %]
[% for condition, peers in all | groupby(2) %]
[% set names = peers | map(attribute=1) | unique | sort | list %]
[% if condition %]
{{- if [[ condition ]] }}
[% endif %]
- from:
    - podSelector:
        matchLabels:
[% if names | length == 1 %]
          app.kubernetes.io/name: [[ names[0] ]]
[% endif %]
          app.kubernetes.io/part-of: {{ include "[[ prefix ]].instance" . }}
[% if names | length > 1 %]
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
[% for name in names %]
              - [[ name ]]
[% endfor %]
[% endif %]
  ports:
    - port: [[ graph.own_port_text(chart, port) ]]
[% if condition %]
{{- end }}
[% endif %]
[% endfor %]
[% endfor %]
[[ hook("networkPolicy.ingress") ]]
{{- end }}
[% if graph.uses %]

{{/* Ports of a list of addresses, as a NetworkPolicy names them. */}}
{{- define "[[ prefix ]].networkPolicyPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $ports = append $ports (regexFind "[0-9]+$" .) }}
{{- end }}
{{- range uniq $ports }}
- port: {{ . }}
{{- end }}
{{- end }}
[% endif %]
