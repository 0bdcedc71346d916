apiVersion: 1
providers:
  - name: openim
    folder: {{ .Values.dashboards.folder | quote }}
    allowUiUpdates: false
    options:
      path: /dashboards
