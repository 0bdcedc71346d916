{{/* The pod, whatever controls it. */}}
{{- define "openim-web-front.podTemplate" -}}
metadata:
  labels:
    {{- include "openim-web-front.podLabels" (list .) | nindent 4 }}
  {{- with include "openim-web-front.podAnnotations" (list . (include "openim-web-front.ownPodAnnotations" . | fromYaml)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- include "openim-web-front.podSpec" . | nindent 2 }}
  {{- with include "openim-web-front.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: web-front
      image: {{ include "openim-web-front.image" . }}
      {{- include "openim-web-front.containerSettings" . | nindent 6 }}
      {{- with include "openim-web-front.command" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "openim-web-front.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: http
          containerPort: 80
          protocol: TCP
      {{- with include "openim-web-front.probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if or .Values.lifecycle (not .Values.diagnosticMode.enabled) }}
      lifecycle:
        {{- if .Values.lifecycle }}
        {{- toYaml .Values.lifecycle | nindent 8 }}
        {{- else }}
        preStop:
          sleep:
            seconds: 5
        {{- end }}
      {{- end }}
      {{- with include "openim-web-front.resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "openim-web-front.volumeMounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- with .Values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "openim-web-front.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "openim-web-front.ownPodAnnotations" -}}
{{- end }}

{{- define "openim-web-front.initContainers" -}}
{{- with .Values.initContainers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-web-front.command" -}}
{{- if .Values.diagnosticMode.enabled }}
command:
  {{- toYaml .Values.diagnosticMode.command | nindent 2 }}
{{- with .Values.diagnosticMode.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- else }}
{{- if .Values.command }}
command:
  {{- toYaml .Values.command | nindent 2 }}
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the values takes the place of the chart's own of that name: a pod names each once. */}}
{{- define "openim-web-front.env" -}}
{{- if .Values.extraEnv }}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- range include "openim-web-front.ownEnv" . | fromYamlArray }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{ toYaml .Values.extraEnv }}
{{- else }}
{{- include "openim-web-front.ownEnv" . }}
{{- end }}
{{- end }}

{{- define "openim-web-front.ownEnv" -}}
{{- end }}

{{- define "openim-web-front.volumeMounts" -}}
- name: writable-1
  mountPath: /var/cache/nginx
- name: writable-2
  mountPath: /var/run
- name: writable-3
  mountPath: /tmp
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-web-front.volumes" -}}
- name: writable-1
  emptyDir: {{ include "openim-web-front.temporaryVolume" . }}
- name: writable-2
  emptyDir: {{ include "openim-web-front.temporaryVolume" . }}
- name: writable-3
  emptyDir: {{ include "openim-web-front.temporaryVolume" . }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
