{{- $names := list }}
{{- $secret := "auth_password|auth_secret|password|credentials|bearer_token|client_secret|token|token_id|bot_token|app_token|alert_source_token|user_key|api_key|api_secret|service_key|routing_key|webhook_url" }}
{{- $found := regexFindAll (printf "(?m)^[ -]*((%s):|[a-z_]*url: .*(://[^/ ]*@|[?&](?i:([a-z0-9]+[_-])*(key|apikey|password|pwd|secret|token|auth|code|sign?)=)))" $secret) (toYaml .Values.receivers) -1 }}
{{- range .Values.receivers }}
{{- $names = append $names .name }}
{{- with .slack_configs }}
{{- $found = concat $found (regexFindAll "(?m)^[ -]*api_url:" (toYaml .) -1) }}
{{- end }}
{{- end }}
{{- with $found }}
{{- $key := regexFind "[a-z_]+" (first .) }}
{{- fail (printf "receivers set %s, which everybody who may read ConfigMaps could see: put it into the Secret of receiverSecret, and say %s_file: /receivers/KEY" $key $key) }}
{{- end }}
{{- if and .Values.route.receiver (not (has .Values.route.receiver $names)) }}
{{- fail (printf "route.receiver is %q, which is not among receivers (%s)" .Values.route.receiver (join ", " $names | default "there are none")) }}
{{- end }}
