[% set ns = namespace(peers=[]) %]
[% for dependency in graph.provides %]
[% for user in graph.users if dependency in user.uses %]
[% set ns.peers = ns.peers + [(dependency.ports[chart.name], user.name, graph.used_if([user], dependency.name))] %]
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

{{/* Whom the pods may reach, beside DNS. */}}
{{- define "[[ prefix ]].networkPolicyEgress" -}}
[% if chart.kind == "infrastructure" %]
- to:
    - podSelector:
        matchLabels:
          {{- include "[[ prefix ]].selectorLabels" . | nindent 10 }}
[% endif %]
[% for dependency in graph.uses if provided("*.addresses") %]
[% set selector = graph.selector(chart, dependency.name) %]
[% if selector %]
{{- if [[ selector.condition ]] }}
[% endif %]
# [[ dependency.title ]]
- ports:
    {{- include "[[ prefix ]].networkPolicyPorts" (include "[[ prefix ]].[[ dependency.name ]].addresses" . | fromJsonArray[[ " | default (list \"" ~ dependency.port ~ "\")" if dependency.whole ]]) | trim | nindent 4 }}
[% for mode, component in dependency.modes.items() %]
  {{- [[ "if" if loop.first else "else if" ]] eq .Values.global.[[ dependency.name ]].mode "[[ mode ]]" }}
  to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: [[ component ]]
          app.kubernetes.io/part-of: {{ include "[[ prefix ]].instance" . }}
[% endfor %]
  {{- end }}
[% if selector %]
{{- end }}
[% endif %]
[% endfor %]
[% if graph.calls %]
{{- /* By number: not every network plugin resolves the name of a port in egress. */}}
{{- range $name, $port := dict
[% for callee in graph.calls %]
  "[[ callee.name ]]" [[ graph.port_expression(callee, callee.ports[graph.entry_port(callee)]) ]][[ " }}" if loop.last ]]
[% endfor %]
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: {{ $name }}
          app.kubernetes.io/part-of: {{ include "[[ prefix ]].instance" $ }}
  ports:
    - port: {{ $port }}
{{- end }}
[% endif %]
[% if chart.internet %]
# Hosts outside the cluster; for those in private networks use networkPolicy.extraEgress.
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except:
          - 10.0.0.0/8
          - 100.64.0.0/10
          - 169.254.0.0/16
          - 172.16.0.0/12
          - 192.168.0.0/16
    - ipBlock:
        cidr: "::/0"
        except:
          - fc00::/7
          - fe80::/10
[% endif %]
[% set ns = namespace(urls=options.get("urls", [])) %]
[% for key in options.get("configURLs", []) if provided("configured") %]
[% set ns.urls = ns.urls + ['(include "' ~ prefix ~ '.configured" (list . "' ~ key ~ '"))'] %]
[% endfor %]
[% if ns.urls %]
{{- $ports := list }}
{{- range compact (list [[ ns.urls | join(" ") ]]) }}
{{- $url := urlParse . }}
{{- $ports = append $ports (regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "80" "443" (eq $url.scheme "http"))) }}
{{- end }}
{{- with uniq $ports }}
# What URLs among the values name.
- ports:
    {{- range . }}
    - port: {{ . }}
    {{- end }}
{{- end }}
[% endif %]
[[ hook("networkPolicy.egress") ]]
{{- end }}

{{/* A NetworkPolicy for some pods of the chart, unless policies are off. Takes (list root NAME LABELS INGRESS EGRESS
[ANNOTATIONS]): the labels that select the pods, and rules as text beside those for DNS and those of the values. */}}
{{- define "[[ prefix ]].networkPolicy" -}}
{{- $root := first . }}
{{- $shared := $root.Values.global.networkPolicy }}
{{- if and $shared.enabled $root.Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ index . 1 }}
  namespace: {{ include "[[ prefix ]].namespace" $root }}
  {{- include "[[ prefix ]].metadata" (list $root (rest . | rest | rest | rest | rest | first)) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- index . 2 | toYaml | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  {{- $ingress := index . 3 | trim }}
  {{- $extra := concat (default list $root.Values.networkPolicy.extraIngress) (default list $shared.extraIngress) }}
  {{- if or $ingress $extra }}
  ingress:
    {{- with $ingress }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $extra }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  egress:
    # DNS; that of OpenShift listens on 5353.
    - ports:
        - port: 53
          protocol: UDP
        - port: 53
          protocol: TCP
        - port: 5353
          protocol: UDP
        - port: 5353
          protocol: TCP
    {{- with index . 4 | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with concat (default list $root.Values.networkPolicy.extraEgress) (default list $shared.extraEgress) }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
{{- end }}

{{/* A NetworkPolicy for a pod beside the program. Takes (list root ROLE EGRESS [ANNOTATIONS]): see podLabels and
networkPolicy. */}}
{{- define "[[ prefix ]].taskNetworkPolicy" -}}
{{- $root := first . }}
{{- $name := include "[[ prefix ]].joined" (list (include "[[ prefix ]].fullname" $root) (index . 1)) }}
{{- $labels := include "[[ prefix ]].selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/name" (printf "[[ chart.name ]]-%s" (index . 1)) }}
{{- include "[[ prefix ]].networkPolicy" (list $root $name $labels "" (index . 2) (rest . | rest | rest | first)) }}
{{- end }}

{{- define "[[ prefix ]].egressToAPIServer" -}}
# The Kubernetes API server, on its Service's port and on the one behind it.
- ports:
    - port: 443
    - port: 6443
{{- end }}

{{/* Egress to ports of the program's pods; takes (list root PORT …). */}}
{{- define "[[ prefix ]].egressToProgram" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "[[ prefix ]].selectorLabels" (first .) | nindent 10 }}
  ports:
    {{- range rest . | uniq }}
    - port: {{ . }}
    {{- end }}
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
