{{/* Who may reach the pods. */}}
{{- define "openim-web-front.networkPolicyIngress" -}}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: 80
{{- end }}
{{- if include "openim-web-front.exposed" . }}
- ports:
    - port: 80
  {{- with .Values.global.networkPolicy.gateway }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-web-front-test
          app.kubernetes.io/part-of: {{ include "openim-web-front.instance" . }}
  ports:
    - port: 80
{{- end }}

{{/* Whom the pods may reach, beside DNS. */}}
{{- define "openim-web-front.networkPolicyEgress" -}}
{{- end }}

{{/* A NetworkPolicy for some pods of the chart, unless policies are off. Takes (list root NAME LABELS INGRESS EGRESS
[ANNOTATIONS]): the labels that select the pods, and rules as text beside those for DNS and those of the values. */}}
{{- define "openim-web-front.networkPolicy" -}}
{{- $root := first . }}
{{- $shared := $root.Values.global.networkPolicy }}
{{- if and $shared.enabled $root.Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ index . 1 }}
  namespace: {{ include "openim-web-front.namespace" $root }}
  {{- include "openim-web-front.metadata" (list $root (rest . | rest | rest | rest | rest | first)) | nindent 2 }}
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
{{- define "openim-web-front.taskNetworkPolicy" -}}
{{- $root := first . }}
{{- $name := include "openim-web-front.joined" (list (include "openim-web-front.fullname" $root) (index . 1)) }}
{{- $labels := include "openim-web-front.selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/name" (printf "openim-web-front-%s" (index . 1)) }}
{{- include "openim-web-front.networkPolicy" (list $root $name $labels "" (index . 2) (rest . | rest | rest | first)) }}
{{- end }}

{{- define "openim-web-front.egressToAPIServer" -}}
# The Kubernetes API server, on its Service's port and on the one behind it.
- ports:
    - port: 443
    - port: 6443
{{- end }}

{{/* Egress to ports of the program's pods; takes (list root PORT …). */}}
{{- define "openim-web-front.egressToProgram" -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "openim-web-front.selectorLabels" (first .) | nindent 10 }}
  ports:
    {{- range rest . | uniq }}
    - port: {{ . }}
    {{- end }}
{{- end }}
