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
