{{- with .Values.global.mongodb }}
{{- if not .username }}
{{- fail "global.mongodb.username is empty, but MongoDB lets nobody in without logging in: name a user, which the chart makes" }}
{{- else if and (eq .username "root") (eq .authSource "admin") }}
{{- fail "global.mongodb.username is root of the database admin, which is the chart's own administrator: name another user for the modules, which the chart makes" }}
{{- end }}
{{- end }}
