{{- define "[[ prefix ]].storageClass" -}}
{{- default .Values.global.storageClass .Values.persistence.storageClass }}
{{- end }}

{{/* "true" when the StatefulSet makes a claim for each pod. */}}
{{- define "[[ prefix ]].claims" -}}
{{- if and .Values.persistence.enabled (not .Values.persistence.existingClaim) }}true{{ end }}
{{- end }}

{{/* What a new volume is a copy of; empty when it starts empty. */}}
{{- define "[[ prefix ]].dataSource" -}}
{{- with .Values.persistence.dataSource }}
{{- if .name }}
{{- if eq .kind "VolumeSnapshot" }}
apiGroup: snapshot.storage.k8s.io
{{- end }}
kind: {{ .kind }}
name: {{ quote .name }}
{{- end }}
{{- end }}
{{- end }}

{{/* A size in bytes: the API server writes 1024Mi as 1Gi. */}}
{{- define "[[ prefix ]].bytes" -}}
{{- $bytes := regexFind "^[0-9]+" . | int64 }}
{{- $unit := regexFind "[a-zA-Z]+$" . }}
{{- range until (splitList (trimSuffix "i" $unit | lower | default "-") "-kmgtpe" | first | len) }}
{{- $bytes = mul $bytes (ternary 1024 1000 (hasSuffix "i" $unit)) }}
{{- end }}
{{- $bytes }}
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
{{- $annotations := (first $claims).metadata.annotations | default dict }}
{{- $size := $installed.resources.requests.storage }}
{{- $class := include "[[ prefix ]].storageClass" $root }}
{{- $before := ternary (default "-" $installed.storageClassName) "" (hasKey $installed "storageClassName") }}
{{- if ne (include "[[ prefix ]].bytes" $size) (include "[[ prefix ]].bytes" $root.Values.persistence.size) }}
{{- fail (printf "persistence.size cannot change from %s to %s. %s" $size $root.Values.persistence.size $help) }}
{{- else if ne $before $class }}
{{- fail (printf "persistence.storageClass cannot change from %q to %q. %s" $before $class $help) }}
{{- else if ne (toJson $annotations) (toJson $root.Values.persistence.annotations) }}
{{- fail (printf "persistence.annotations cannot change. %s" $help) }}
{{- else if ne (toJson $installed.accessModes) (toJson $root.Values.persistence.accessModes) }}
{{- fail (printf "persistence.accessModes cannot change. %s" $help) }}
{{- else if ne (toJson $installed.dataSource) (include "[[ prefix ]].dataSource" $root | fromYaml | default nil | toJson) }}
{{- fail (printf "persistence.dataSource cannot change. %s" $help) }}
{{- end }}
{{- end }}
{{- end }}
