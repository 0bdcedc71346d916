{{/* <name>-<end> in the 63 characters of a host name; a name that is cut keeps a hash, so that two never become one.
Takes (list name end). */}}
{{- define "redis.joined" -}}
{{- $name := first . }}
{{- $room := sub 62 (len (last .)) | int }}
{{- if gt (len $name) $room }}
{{- $name = printf "%s-%s" (trunc (sub $room 6 | int) $name | trimSuffix "-") (sha256sum $name | trunc 5) }}
{{- end }}
{{- printf "%s-%s" $name (last .) }}
{{- end }}

{{/* Name of the chart's objects: <release>-<component>, not doubled for a release that is named so. */}}
{{- define "redis.fullname" -}}
{{- $component := default "redis" .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if or (eq .Release.Name $component) (eq .Release.Name (printf "%s-%s" .Values.global.instance $component)) }}
{{- .Release.Name }}
{{- else }}
{{- include "redis.joined" (list .Release.Name $component) }}
{{- end }}
{{- end }}

{{/* Name by which the charts of one OpenIM find one another. */}}
{{- define "redis.instance" -}}
{{- default .Release.Name .Values.global.instance }}
{{- end }}

{{/* Name of another component's Service; takes (list root component). */}}
{{- define "redis.peer" -}}
{{- $instance := include "redis.instance" (first .) }}
{{- $component := last . }}
{{- if eq $instance $component }}
{{- $component }}
{{- else }}
{{- include "redis.joined" (list $instance $component) }}
{{- end }}
{{- end }}

{{/* One map of many: where several have a key, the first of them holds, whatever it says. */}}
{{- define "redis.merged" -}}
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

{{- define "redis.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which this chart's own selectors find its pods: they never change. */}}
{{- define "redis.selectorLabels" -}}
app.kubernetes.io/name: redis
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels that pods have for certain: the selector's, and those by which other charts find them. */}}
{{- define "redis.ownLabels" -}}
{{ include "redis.selectorLabels" . }}
app.kubernetes.io/component: redis
app.kubernetes.io/part-of: {{ include "redis.instance" . }}
{{- end }}

{{- define "redis.labels" -}}
{{ include "redis.ownLabels" . }}
{{- with include "redis.merged" (list .Values.commonLabels .Values.global.commonLabels) }}
{{ . }}
{{- end }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of an object; takes (list root [annotations [labels]]), which win over those of all objects. */}}
{{- define "redis.metadata" -}}
{{- $root := first . }}
{{- $labels := include "redis.labels" $root }}
{{- with rest (rest .) | first }}
{{- $labels = include "redis.merged" (list . ($labels | fromYaml)) }}
{{- end -}}
labels:
  {{- $labels | nindent 2 }}
{{- with include "redis.merged" (list (rest . | first) $root.Values.commonAnnotations $root.Values.global.commonAnnotations) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
