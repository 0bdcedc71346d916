{{/* Data of the ConfigMap with the program's files; its pods start anew when it changes. */}}
{{- define "[[ prefix ]].filesData" }}
[% for name in files %]
  [[ name ]]: |
    [[ file(name) ]]
[% endfor %]
  [[ hook("files.data") ]]
{{- end }}
