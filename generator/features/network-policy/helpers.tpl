[% set provided = catalog.dependencies.values() | selectattr("component", "equalto", chart.name) | list %]
[% set scraped = chart.options.get("monitoring", {}).get("port", "metrics") %]
[% set ns = namespace(peers=[]) %]
[% for dependency in provided %]
[% for user in graph.users if dependency in user.uses %]
[% set ns.peers = ns.peers + [(dependency.port, user.name)] %]
[% endfor %]
[% endfor %]
[% for caller in graph.callers %]
[% set ns.peers = ns.peers + [(chart.ports[graph.entry_port(chart)], caller.name)] %]
[% endfor %]
[% if "setup-job" in features %]
[% set ns.peers = ns.peers + [(chart.ports[graph.entry_port(chart)], chart.name ~ "-setup")] %]
[% endif %]
[% if "tests" in features %]
[% set ns.peers = ns.peers + [(chart.ports[chart.test.http.port if "http" in chart.test else chart.test.tcp], chart.name ~ "-test")] %]
[% endif %]
[% if "setup-job" in features %]
[% set ns.peers = ns.peers + [(chart.ports.values() | first, chart.name ~ "-setup")] %]
[% endif %]
{{/* Who may reach the pods. */}}
{{- define "[[ prefix ]].networkPolicyIngress" -}}
[% if chart.kind == "infrastructure" %]
- from:
    - podSelector:
        matchLabels:
          {{- include "[[ prefix ]].selectorLabels" . | nindent 10 }}
[% endif %]
[% for port, peers in ns.peers | groupby(0) %]
[% set names = peers | map(attribute=1) | unique | sort | list %]
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
    - port: [[ graph.listening_text(chart, port) ]]
[% endfor %]
[% set open = chart.ports | reject("equalto", "metrics") | list %]
[% if "service" in features and open %]
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
[% for name in open %]
    - port: [[ graph.listening_text(chart, chart.ports[name]) ]]
[% endfor %]
{{- end }}
[% endif %]
[% if "exposure" in features %]
{{- if include "[[ prefix ]].exposed" . }}
- ports:
    - port: [[ graph.listening_text(chart, chart.ports[chart.exposure.port]) ]]
  {{- with .Values.global.networkPolicy.gateway }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
[% endif %]
[% if "monitoring" in features %]
{{- if ne .Values.global.monitoring.type "none" }}
- ports:
    - port: [[ graph.listening_text(chart, chart.ports[scraped]) ]]
  {{- with .Values.global.networkPolicy.prometheus }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
[% endif %]
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
