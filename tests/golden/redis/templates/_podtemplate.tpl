{{/* The pod, whatever controls it. */}}
{{- define "redis.podTemplate" -}}
metadata:
  labels:
    {{- include "redis.podLabels" (list .) | nindent 4 }}
  {{- with include "redis.podAnnotations" (list . (include "redis.ownPodAnnotations" . | fromYaml)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- include "redis.podSpec" . | nindent 2 }}
  {{- with include "redis.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: redis
      image: {{ include "redis.image" . }}
      {{- include "redis.containerSettings" . | nindent 6 }}
      {{- with include "redis.command" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "redis.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: redis
          containerPort: 6379
          protocol: TCP
        - name: bus
          containerPort: 16379
          protocol: TCP
        - name: metrics
          containerPort: 9121
          protocol: TCP
      {{- with include "redis.probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if or .Values.lifecycle (not .Values.diagnosticMode.enabled) }}
      lifecycle:
        {{- if .Values.lifecycle }}
        {{- toYaml .Values.lifecycle | nindent 8 }}
        {{- else }}
        preStop:
          exec:
            command: [/bin/sh, /files/hand-over.sh]
        {{- end }}
      {{- end }}
      {{- with include "redis.resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "redis.volumeMounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- if ne .Values.global.monitoring.type "none" }}
    - name: exporter
      image: {{ include "redis.imageReference" (list . .Values.exporter.image "docker.io") }}
      {{- include "redis.containerSettings" . | nindent 6 }}
      env:
        {{- include "redis.password" (list . "REDIS_PASSWORD") | nindent 8 }}
      {{- with include "redis.requirements" (list . .Values.exporter.resources) }}
      resources:
        {{- . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- if eq .Values.mode "cluster" }}
    - name: join
      image: {{ include "redis.image" . }}
      {{- include "redis.containerSettings" . | nindent 6 }}
      command: [/bin/sh, /files/join.sh]
      env:
        {{- include "redis.env" . | nindent 8 }}
        - name: NAME
          value: {{ include "redis.fullname" . }}
        - name: NODES
          value: {{ .Values.replicaCount | quote }}
        - name: REPLICAS
          value: {{ .Values.cluster.replicas | quote }}
      {{- with include "redis.requirements" (list . .Values.cluster.resources) }}
      resources:
        {{- . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: files
          mountPath: /files
          readOnly: true
    {{- end }}
    {{- with .Values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "redis.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "redis.ownPodAnnotations" -}}
checksum/files: {{ include "redis.filesData" . | sha256sum }}
{{- if eq .Values.global.monitoring.type "annotations" }}
prometheus.io/scrape: "true"
prometheus.io/port: "9121"
prometheus.io/path: /metrics
prometheus.io/job: redis
{{- end }}
{{- end }}

{{- define "redis.initContainers" -}}
{{- with .Values.initContainers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "redis.command" -}}
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
{{- else }}
command:
  - /bin/sh
  - /files/start.sh
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the values takes the place of the chart's own of that name: a pod names each once. */}}
{{- define "redis.env" -}}
{{- if .Values.extraEnv }}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- range include "redis.ownEnv" . | fromYamlArray }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{ toYaml .Values.extraEnv }}
{{- else }}
{{- include "redis.ownEnv" . }}
{{- end }}
{{- end }}

{{- define "redis.ownEnv" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: POD_DOMAIN
  value: {{ include "redis.podDomain" . }}
- name: MODE
  value: {{ .Values.mode }}
{{- if eq .Values.mode "cluster" }}
- name: POD_NODE
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
# Kubernetes copies it from the node, from 1.35 on.
- name: POD_ZONE
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['topology.kubernetes.io/zone']
{{- end }}
{{ include "redis.password" (list . "REDISCLI_AUTH") }}
{{- end }}

{{- define "redis.volumeMounts" -}}
- name: writable-1
  mountPath: /tmp
- name: data
  mountPath: /data
- name: files
  mountPath: /files
  readOnly: true
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "redis.volumes" -}}
- name: writable-1
  emptyDir: {{ include "redis.temporaryVolume" . }}
{{- if not (include "redis.claims" .) }}
- name: data
  {{- if .Values.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ .Values.persistence.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .Values.persistence.size }}
  {{- end }}
{{- end }}
- name: files
  configMap:
    name: {{ include "redis.fullname" . }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
