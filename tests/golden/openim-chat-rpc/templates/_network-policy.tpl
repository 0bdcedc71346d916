{{/* Who may reach the pods. */}}
{{- define "openim-chat-rpc.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-admin-api
              - openim-admin-rpc
              - openim-chat-api
  ports:
    - port: {{ include "openim-chat-rpc.port.rpc" $ }}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: {{ include "openim-chat-rpc.port.rpc" $ }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-chat-rpc-test
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
  ports:
    - port: {{ include "openim-chat-rpc.port.rpc" $ }}
{{- end }}

{{/* Whom the pods may reach, beside DNS. */}}
{{- define "openim-chat-rpc.networkPolicyEgress" -}}
# etcd
- ports:
    {{- include "openim-chat-rpc.networkPolicyPorts" (include "openim-chat-rpc.etcd.addresses" . | fromJsonArray) | trim | nindent 4 }}
  {{- if eq .Values.global.etcd.mode "builtin" }}
  to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: etcd
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
  {{- end }}
# MongoDB
- ports:
    {{- include "openim-chat-rpc.networkPolicyPorts" (include "openim-chat-rpc.mongodb.addresses" . | fromJsonArray | default (list "27017")) | trim | nindent 4 }}
  {{- if eq .Values.global.mongodb.mode "builtin" }}
  to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: mongodb
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
  {{- end }}
{{- /* By number: not every network plugin resolves the name of a port in egress. */}}
{{- range $name, $port := dict
  "openim-admin-rpc" (dig "chat" "chat-rpc-admin" "rpc" "ports" (list 30200) $.Values.global.config | first | int) }}
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: {{ $name }}
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" $ }}
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
{{- range compact (list (include "openim-chat-rpc.mailURL" .)) }}
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
{{- define "openim-chat-rpc.networkPolicy" -}}
{{- $root := first . }}
{{- $shared := $root.Values.global.networkPolicy }}
{{- if and $shared.enabled $root.Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ index . 1 }}
  namespace: {{ include "openim-chat-rpc.namespace" $root }}
  {{- include "openim-chat-rpc.metadata" (list $root (rest . | rest | rest | rest | rest | first)) | nindent 2 }}
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
{{- define "openim-chat-rpc.taskNetworkPolicy" -}}
{{- $root := first . }}
{{- $name := include "openim-chat-rpc.joined" (list (include "openim-chat-rpc.fullname" $root) (index . 1)) }}
{{- $labels := include "openim-chat-rpc.selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/name" (printf "openim-chat-rpc-%s" (index . 1)) }}
{{- include "openim-chat-rpc.networkPolicy" (list $root $name $labels "" (index . 2) (rest . | rest | rest | first)) }}
{{- end }}

{{- define "openim-chat-rpc.egressToAPIServer" -}}
# The Kubernetes API server, on its Service's port and on the one behind it.
- ports:
    - port: 443
    - port: 6443
{{- end }}

{{/* Egress to ports of the program's pods; takes (list root PORT …). */}}
{{- define "openim-chat-rpc.egressToProgram" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "openim-chat-rpc.selectorLabels" (first .) | nindent 10 }}
  ports:
    {{- range rest . | uniq }}
    - port: {{ . }}
    {{- end }}
{{- end }}

{{/* Ports of a list of addresses, as a NetworkPolicy names them. */}}
{{- define "openim-chat-rpc.networkPolicyPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $ports = append $ports (regexFind "[0-9]+$" .) }}
{{- end }}
{{- range uniq $ports }}
- port: {{ . }}
{{- end }}
{{- end }}
