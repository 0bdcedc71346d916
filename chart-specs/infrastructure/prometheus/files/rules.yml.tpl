groups:
  - name: general
    rules:
      {{- include "prometheus.generalRules" . | nindent 6 }}
      {{- with .Values.extraRules }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
[% for other in catalog.charts.values() if graph.alerts(other) %]
  - name: [[ other.name ]]
    rules:
[% for rule in graph.alerts(other) %]
      - alert: [[ rule.name ]]
        expr: >-
          [[ rule.expression('{{ include "prometheus.namespace" $ }}', '{{ include "prometheus.instance" $ }}', '{{ include "prometheus.peer" (list $ "' ~ other.component ~ '") }}') ]]
[% if rule.wait %]
        for: [[ rule.wait ]]
[% endif %]
        labels:
          severity: [[ rule.severity ]]
          namespace: {{ include "prometheus.namespace" . }}
          chart: [[ other.name ]]
        annotations:
          summary: [[ rule.summary | scalar ]]
          description: [[ rule.description | scalar ]]
          runbook_url: [[ rule.runbook(catalog.repository) ]]
[% endfor %]
[% endfor %]
