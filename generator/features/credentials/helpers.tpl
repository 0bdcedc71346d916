{{/* Name of a credential's Secret; takes (list root credential). */}}
{{- define "[[ prefix ]].secretName" -}}
{{- $root := first . }}
{{- $name := last . }}
{{- default (include "[[ prefix ]].peer" (list $root (kebabcase $name))) (get $root.Values.global $name).existingSecret }}
{{- end }}
