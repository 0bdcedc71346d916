{{/* <name>-<end> in the 63 characters of a host name; a name that is cut keeps a hash, so that two never become one.
Takes (list name end). */}}
{{- define "openim-rpc-group.joined" -}}
{{- $name := first . }}
{{- $room := sub 62 (len (last .)) | int }}
{{- if gt (len $name) $room }}
{{- $name = printf "%s-%s" (trunc (sub $room 6 | int) $name | trimSuffix "-") (sha256sum $name | trunc 5) }}
{{- end }}
{{- printf "%s-%s" $name (last .) }}
{{- end }}

{{/* Name of the chart's objects: <release>-<component>, not doubled for a release that is named so. */}}
{{- define "openim-rpc-group.fullname" -}}
{{- $component := default "rpc-group" .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if or (eq .Release.Name $component) (eq .Release.Name (printf "%s-%s" .Values.global.instance $component)) }}
{{- .Release.Name }}
{{- else }}
{{- include "openim-rpc-group.joined" (list .Release.Name $component) }}
{{- end }}
{{- end }}

{{/* Name by which the charts of one OpenIM find one another. */}}
{{- define "openim-rpc-group.instance" -}}
{{- default .Release.Name .Values.global.instance }}
{{- end }}

{{/* Name of another component's Service; takes (list root component). */}}
{{- define "openim-rpc-group.peer" -}}
{{- $instance := include "openim-rpc-group.instance" (first .) }}
{{- $component := last . }}
{{- if eq $instance $component }}
{{- $component }}
{{- else }}
{{- include "openim-rpc-group.joined" (list $instance $component) }}
{{- end }}
{{- end }}

{{/* One map of many: where several have a key, the first of them holds, whatever it says. */}}
{{- define "openim-rpc-group.merged" -}}
{{- $merged := dict }}
{{- range reverse . }}
{{- range $key, $value := . }}
{{- $_ := set $merged $key $value }}
{{- end }}
{{- end }}
{{- with $merged }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-rpc-group.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which this chart's own selectors find its pods: they never change. */}}
{{- define "openim-rpc-group.selectorLabels" -}}
app.kubernetes.io/name: openim-rpc-group
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels that pods have for certain: the selector's, and those by which other charts find them. */}}
{{- define "openim-rpc-group.ownLabels" -}}
{{ include "openim-rpc-group.selectorLabels" . }}
app.kubernetes.io/component: rpc-group
app.kubernetes.io/part-of: {{ include "openim-rpc-group.instance" . }}
{{- end }}

{{- define "openim-rpc-group.labels" -}}
{{ include "openim-rpc-group.ownLabels" . }}
{{- with include "openim-rpc-group.merged" (list .Values.commonLabels .Values.global.commonLabels) }}
{{ . }}
{{- end }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of an object; takes (list root [annotations [labels]]), which win over those of all objects. */}}
{{- define "openim-rpc-group.metadata" -}}
{{- $root := first . }}
{{- $labels := include "openim-rpc-group.labels" $root }}
{{- with rest (rest .) | first }}
{{- $labels = include "openim-rpc-group.merged" (list . ($labels | fromYaml)) }}
{{- end -}}
labels:
  {{- $labels | nindent 2 }}
{{- with include "openim-rpc-group.merged" (list (rest . | first) $root.Values.commonAnnotations $root.Values.global.commonAnnotations) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
