[server]
http_port = 3000
root_url = {{ include "grafana.rootURL" . }}
serve_from_sub_path = true
[security]
cookie_secure = {{ hasPrefix "https:" (include "grafana.rootURL" .) }}
disable_gravatar = true
[users]
allow_sign_up = false
[auth]
disable_login_form = {{ and .Values.oidc.enabled .Values.oidc.onlyWay | default false }}
[auth.anonymous]
enabled = false
{{- with .Values.oidc }}
{{- if .enabled }}
[auth.generic_oauth]
enabled = true
name = {{ .name }}
client_id = {{ .clientID }}
scopes = {{ .scopes }}
auth_url = {{ .authURL }}
token_url = {{ .tokenURL }}
api_url = {{ .apiURL }}
use_pkce = true
use_refresh_token = true
{{- with .rolePath }}
role_attribute_path = {{ . }}
{{- end }}
{{- end }}
{{- end }}
[analytics]
reporting_enabled = false
check_for_updates = false
check_for_plugin_updates = false
[news]
news_feed_enabled = false
[snapshots]
external_enabled = false
[plugins]
{{- with .Values.plugins }}
preinstall_sync = {{ join "," . }}
{{- else }}
preinstall_disabled = true
{{- end }}
[dashboards]
default_home_dashboard_path = /dashboards/overview.json
[log]
mode = console
level = warn
