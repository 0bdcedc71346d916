{{- with .Values.oidc }}
{{- if .enabled }}
{{- range $key := list "clientID" "existingSecret" "authURL" "tokenURL" "apiURL" }}
{{- if not (get $.Values.oidc $key) }}
{{- fail (printf "oidc.enabled is true, so oidc.%s must be set" $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
