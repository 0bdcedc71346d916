{{- if and .Values.persistence.existingClaim (gt (int .Values.replicaCount) 1) }}
{{- fail "persistence.existingClaim is one volume, which several pods cannot share: set replicaCount to 1, or leave it empty" }}
{{- end }}
