{{/* Who may reach the pods. */}}
{{- define "openim-msggateway.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-api
              - openim-msggateway
              - openim-push
              - openim-rpc-auth
  ports:
    - port: {{ include "openim-msggateway.port.rpc" $ }}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: {{ include "openim-msggateway.port.websocket" $ }}
    - port: {{ include "openim-msggateway.port.rpc" $ }}
{{- end }}
{{- if include "openim-msggateway.exposed" . }}
- ports:
    - port: {{ include "openim-msggateway.port.websocket" $ }}
  {{- with .Values.global.networkPolicy.gateway }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if ne .Values.global.monitoring.type "none" }}
- ports:
    - port: {{ include "openim-msggateway.port.metrics" $ }}
  {{- with .Values.global.networkPolicy.prometheus }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-msggateway-test
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
  ports:
    - port: {{ include "openim-msggateway.port.websocket" $ }}
{{- end }}

{{/* Whom the pods may reach, beside DNS. */}}
{{- define "openim-msggateway.networkPolicyEgress" -}}
# etcd
- ports:
    {{- include "openim-msggateway.networkPolicyPorts" (include "openim-msggateway.etcd.addresses" . | fromJsonArray) | trim | nindent 4 }}
  {{- if eq .Values.global.etcd.mode "builtin" }}
  to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: etcd
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
  {{- end }}
# Redis
- ports:
    {{- include "openim-msggateway.networkPolicyPorts" (include "openim-msggateway.redis.addresses" . | fromJsonArray) | trim | nindent 4 }}
  {{- if eq .Values.global.redis.mode "builtin" }}
  to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: redis
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
  {{- end }}
{{- /* By number: not every network plugin resolves the name of a port in egress. */}}
{{- range $name, $port := dict
  "openim-msggateway" (dig "server" "openim-msggateway" "rpc" "ports" (list 10140) $.Values.global.config | first | int)
  "openim-push" (dig "server" "openim-push" "rpc" "ports" (list 10170) $.Values.global.config | first | int)
  "openim-rpc-auth" (dig "server" "openim-rpc-auth" "rpc" "ports" (list 10200) $.Values.global.config | first | int)
  "openim-rpc-msg" (dig "server" "openim-rpc-msg" "rpc" "ports" (list 10280) $.Values.global.config | first | int)
  "openim-rpc-user" (dig "server" "openim-rpc-user" "rpc" "ports" (list 10320) $.Values.global.config | first | int) }}
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: {{ $name }}
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" $ }}
  ports:
    - port: {{ $port }}
{{- end }}
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
{{- $ports := list }}
{{- range compact (list (include "openim-msggateway.configured" (list . "webhooks.url"))) }}
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
{{- end }}

{{/* A NetworkPolicy for some pods of the chart, unless policies are off. Takes (list root NAME LABELS INGRESS EGRESS
[ANNOTATIONS]): the labels that select the pods, and rules as text beside those for DNS and those of the values. */}}
{{- define "openim-msggateway.networkPolicy" -}}
{{- $root := first . }}
{{- $shared := $root.Values.global.networkPolicy }}
{{- if and $shared.enabled $root.Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ index . 1 }}
  namespace: {{ include "openim-msggateway.namespace" $root }}
  {{- include "openim-msggateway.metadata" (list $root (rest . | rest | rest | rest | rest | first)) | nindent 2 }}
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
{{- define "openim-msggateway.taskNetworkPolicy" -}}
{{- $root := first . }}
{{- $name := include "openim-msggateway.joined" (list (include "openim-msggateway.fullname" $root) (index . 1)) }}
{{- $labels := include "openim-msggateway.selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/name" (printf "openim-msggateway-%s" (index . 1)) }}
{{- include "openim-msggateway.networkPolicy" (list $root $name $labels "" (index . 2) (rest . | rest | rest | first)) }}
{{- end }}

{{- define "openim-msggateway.egressToAPIServer" -}}
# The Kubernetes API server, on its Service's port and on the one behind it.
- ports:
    - port: 443
    - port: 6443
{{- end }}

{{/* Egress to ports of the program's pods; takes (list root PORT …). */}}
{{- define "openim-msggateway.egressToProgram" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "openim-msggateway.selectorLabels" (first .) | nindent 10 }}
  ports:
    {{- range rest . | uniq }}
    - port: {{ . }}
    {{- end }}
{{- end }}

{{/* Ports of a list of addresses, as a NetworkPolicy names them. */}}
{{- define "openim-msggateway.networkPolicyPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $ports = append $ports (regexFind "[0-9]+$" .) }}
{{- end }}
{{- range uniq $ports }}
- port: {{ . }}
{{- end }}
{{- end }}
