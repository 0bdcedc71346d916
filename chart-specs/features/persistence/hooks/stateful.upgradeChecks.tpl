{{- include "[[ prefix ]].checkClaims" (list $ .) }}
