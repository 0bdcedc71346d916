{{- with .Values.settings }}
global:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- $first := dict "name" "nobody" }}
{{- $receivers := .Values.receivers | default (list $first) }}
{{- with .Values.route }}
route:
  receiver: {{ .receiver | default (first $receivers).name | quote }}
  group_by:
    {{- toYaml .groupBy | nindent 4 }}
  group_wait: {{ .groupWait }}
  group_interval: {{ .groupInterval }}
  repeat_interval: {{ .repeatInterval }}
{{- end }}
  {{- with .Values.routes }}
  routes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
receivers:
  {{- toYaml $receivers | nindent 2 }}
inhibit_rules:
  - source_matchers: ['severity="critical"', 'chart!=""']
    target_matchers: ['severity="warning"', 'chart!=""']
    equal: [namespace, chart]
  # What explains an alert keeps it back, so that one failure wakes people with one alert.
[% for alert, causes in graph.inhibitions(catalog) %]
  - source_matchers: ['alertname=~"[[ causes | join("|") ]]"']
    target_matchers: ['alertname="[[ alert.name ]]"']
    equal: [namespace]
[% endfor %]
  {{- with .Values.inhibitRules }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
