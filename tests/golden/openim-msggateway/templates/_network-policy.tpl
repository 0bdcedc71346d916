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
