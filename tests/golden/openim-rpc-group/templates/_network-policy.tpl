{{/* Who may reach the pods. */}}
{{- define "openim-rpc-group.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "openim-rpc-group.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-api
              - openim-msgtransfer
              - openim-push
              - openim-rpc-conversation
              - openim-rpc-msg
              - openim-rpc-user
  ports:
    - port: {{ include "openim-rpc-group.port.rpc" $ }}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: {{ include "openim-rpc-group.port.rpc" $ }}
{{- end }}
{{- if ne .Values.global.monitoring.type "none" }}
- ports:
    - port: {{ include "openim-rpc-group.port.metrics" $ }}
  {{- with .Values.global.networkPolicy.prometheus }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-rpc-group-test
          app.kubernetes.io/part-of: {{ include "openim-rpc-group.instance" . }}
  ports:
    - port: {{ include "openim-rpc-group.port.rpc" $ }}
{{- end }}

{{/* Ports of a list of addresses, as a NetworkPolicy names them. */}}
{{- define "openim-rpc-group.networkPolicyPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $ports = append $ports (regexFind "[0-9]+$" .) }}
{{- end }}
{{- range uniq $ports }}
- port: {{ . }}
{{- end }}
{{- end }}
