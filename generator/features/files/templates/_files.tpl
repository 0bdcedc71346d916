{{/* Data of the ConfigMap with the program's files; its pods start anew when it changes. */}}
{{- define "[[ prefix ]].filesData" }}
  [[ slot("files.data") ]]
{{- end }}
