{{/* Who may reach the pods. */}}
{{- define "redis.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          {{- include "redis.selectorLabels" . | nindent 10 }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "redis.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-admin-rpc
              - openim-msggateway
              - openim-msgtransfer
              - openim-push
              - openim-rpc-auth
              - openim-rpc-conversation
              - openim-rpc-friend
              - openim-rpc-group
              - openim-rpc-msg
              - openim-rpc-third
              - openim-rpc-user
  ports:
    - port: 6379
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: 6379
    - port: 16379
{{- end }}
{{- if ne .Values.global.monitoring.type "none" }}
- ports:
    - port: 9121
  {{- with .Values.global.networkPolicy.prometheus }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: redis-test
          app.kubernetes.io/part-of: {{ include "redis.instance" . }}
  ports:
    - port: 6379
{{- end }}

{{/* Whom the pods may reach, beside DNS. */}}
{{- define "redis.networkPolicyEgress" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "redis.selectorLabels" . | nindent 10 }}
{{- end }}

{{/* A NetworkPolicy for some pods of the chart, unless policies are off. Takes (list root NAME LABELS INGRESS EGRESS
[ANNOTATIONS]): the labels that select the pods, and rules as text beside those for DNS and those of the values. */}}
{{- define "redis.networkPolicy" -}}
{{- $root := first . }}
{{- $shared := $root.Values.global.networkPolicy }}
{{- if and $shared.enabled $root.Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ index . 1 }}
  namespace: {{ include "redis.namespace" $root }}
  {{- include "redis.metadata" (list $root (rest . | rest | rest | rest | rest | first)) | nindent 2 }}
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
{{- define "redis.taskNetworkPolicy" -}}
{{- $root := first . }}
{{- $name := include "redis.joined" (list (include "redis.fullname" $root) (index . 1)) }}
{{- $labels := include "redis.selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/name" (printf "redis-%s" (index . 1)) }}
{{- include "redis.networkPolicy" (list $root $name $labels "" (index . 2) (rest . | rest | rest | first)) }}
{{- end }}

{{- define "redis.egressToAPIServer" -}}
# The Kubernetes API server, on its Service's port and on the one behind it.
- ports:
    - port: 443
    - port: 6443
{{- end }}

{{/* Egress to ports of the program's pods; takes (list root PORT …). */}}
{{- define "redis.egressToProgram" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "redis.selectorLabels" (first .) | nindent 10 }}
  ports:
    {{- range rest . | uniq }}
    - port: {{ . }}
    {{- end }}
{{- end }}
