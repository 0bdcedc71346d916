{{- if and .Values.persistence.existingClaim (gt (int .Values.replicaCount) 1) }}
{{- fail "persistence.existingClaim is one volume, which several pods cannot share: set replicaCount to 1, or leave it empty" }}
{{- end }}
{{- if .Values.persistence.dataSource.name }}
{{- if not (include "[[ prefix ]].claims" .) }}
{{- fail "persistence.dataSource fills a new claim, and there is none where persistence.enabled is false or persistence.existingClaim names one: leave persistence.dataSource.name empty" }}
{{- else if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "persistence.dataSource would fill the volumes of all %d pods with the same data: leave it empty, and make the claims data-%s-0, data-%s-1 and so on before the installation, each with the data of its pod" (int .Values.replicaCount) (include "[[ prefix ]].fullname" .) (include "[[ prefix ]].fullname" .)) }}
{{- end }}
{{- end }}
