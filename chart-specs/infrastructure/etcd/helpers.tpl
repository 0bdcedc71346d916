{{/* "true" when clients must log in. */}}
{{- define "etcd.authenticated" -}}
{{- if or .Values.global.etcd.auth.enabled .Values.global.etcd.existingSecret }}true{{ end }}
{{- end }}

{{/* name=URL of every member. */}}
{{- define "etcd.members" -}}
{{- range $i := until (int .Values.replicaCount) }}
{{- $name := printf "%s-%d" (include "etcd.fullname" $) $i }}
{{- if $i }},{{ end }}{{ $name }}=http://{{ $name }}.{{ include "etcd.podDomain" $ }}:2380
{{- end }}
{{- end }}
