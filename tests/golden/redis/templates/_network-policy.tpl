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
