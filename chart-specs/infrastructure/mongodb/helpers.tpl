{{/* A password as an environment variable; takes (list root variable credential key). */}}
{{- define "mongodb.password" -}}
{{- $root := first . -}}
{{- $credential := index . 2 -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include (printf "mongodb.%s.secretName" $credential) $root }}
      key: {{ get (get $root.Values.global $credential).secretKeys (last .) }}
{{- end }}

{{/* Variables of what copies all databases, or puts them back. */}}
{{- define "mongodb.backupEnv" }}
env:
  - name: MEMBERS
    value: {{ include "mongodb.members" . }}
  - name: REPLICA_SET
    value: {{ quote .Values.replicaSet }}
  {{- include "mongodb.password" (list . "ROOT_PASSWORD" "mongodbAdmin" "rootPassword") | nindent 2 }}
  # mongosh keeps its settings there.
  - name: HOME
    value: /tmp
{{- end }}

{{/* Addresses of the members of the replica set. */}}
{{- define "mongodb.members" -}}
{{- range $i := until (int .Values.replicaCount) }}
{{- if $i }},{{ end }}
{{- include "mongodb.fullname" $ }}-{{ $i }}.{{ include "mongodb.podDomain" $ }}:27017
{{- end }}
{{- end }}
