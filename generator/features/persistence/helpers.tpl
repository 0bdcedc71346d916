{{- define "[[ prefix ]].storageClass" -}}
{{- default .Values.global.storageClass .Values.persistence.storageClass }}
{{- end }}

{{/* "true" when the StatefulSet makes a claim for each pod. */}}
{{- define "[[ prefix ]].claims" -}}
{{- if and .Values.persistence.enabled (not .Values.persistence.existingClaim) }}true{{ end }}
{{- end }}

{{/* Refuses changes to the claims of the StatefulSet that is installed; takes (list root object). */}}
{{- define "[[ prefix ]].checkClaims" -}}
{{- $root := first . }}
{{- $claims := (last .).spec.volumeClaimTemplates | default list }}
{{- $wanted := include "[[ prefix ]].claims" $root }}
{{- $help := printf "Kubernetes does not let a StatefulSet change its claims: change the claims data-%s-* themselves (kubectl edit persistentvolumeclaim), delete the StatefulSet with kubectl delete statefulset %s --cascade=orphan, then upgrade" (last .).metadata.name (last .).metadata.name }}
{{- if ne (len $claims) (ternary 1 0 (eq $wanted "true")) }}
{{- fail (printf "persistence.enabled and persistence.existingClaim cannot turn claims on or off. %s" $help) }}
{{- end }}
{{- if and $claims $wanted }}
{{- $installed := (first $claims).spec }}
{{- $class := include "[[ prefix ]].storageClass" $root }}
{{- if ne $installed.resources.requests.storage $root.Values.persistence.size }}
{{- fail (printf "persistence.size cannot change from %s to %s. %s" $installed.resources.requests.storage $root.Values.persistence.size $help) }}
{{- else if ne (default "" $installed.storageClassName) (ternary "" $class (eq $class "-")) }}
{{- fail (printf "persistence.storageClass cannot change from %q to %q. %s" (default "" $installed.storageClassName) $class $help) }}
{{- else if ne (toJson $installed.accessModes) (toJson $root.Values.persistence.accessModes) }}
{{- fail (printf "persistence.accessModes cannot change. %s" $help) }}
{{- end }}
{{- end }}
{{- end }}
