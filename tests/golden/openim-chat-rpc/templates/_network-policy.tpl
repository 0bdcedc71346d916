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
