# The variable with the password, the name, and the databases of each further user.
{{- range $index, $user := .Values.users }}
USER_{{ $index }}_PASSWORD {{ $user.name }} {{ join " " $user.databases }}
{{- end }}
