{{- define "[[ prefix ]].serviceAccountName" -}}
{{- default (ternary (include "[[ prefix ]].fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}
