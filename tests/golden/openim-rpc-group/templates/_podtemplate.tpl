{{/* The pod, whatever controls it. */}}
{{- define "openim-rpc-group.podTemplate" -}}
{{- $ports := list (include "openim-rpc-group.port.rpc" $ | int) (include "openim-rpc-group.port.metrics" $ | int) }}
{{- if ne (uniq $ports | len) (len $ports) }}
{{- fail (printf "two ports of openim-rpc-group are the same, of %v: set another one in global.config.server.openim-rpc-group.rpc.ports or global.config.server.openim-rpc-group.prometheus.ports" $ports) }}
{{- end -}}
metadata:
  labels:
    {{- include "openim-rpc-group.podLabels" (list .) | nindent 4 }}
  {{- with include "openim-rpc-group.podAnnotations" (list . (include "openim-rpc-group.ownPodAnnotations" . | fromYaml)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- include "openim-rpc-group.podSpec" . | nindent 2 }}
  {{- with include "openim-rpc-group.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: rpc-group
      image: {{ include "openim-rpc-group.image" . }}
      {{- include "openim-rpc-group.containerSettings" . | nindent 6 }}
      {{- with include "openim-rpc-group.command" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "openim-rpc-group.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: rpc
          containerPort: {{ include "openim-rpc-group.port.rpc" $ }}
          protocol: TCP
        - name: metrics
          containerPort: {{ include "openim-rpc-group.port.metrics" $ }}
          protocol: TCP
      {{- with include "openim-rpc-group.probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "openim-rpc-group.resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "openim-rpc-group.volumeMounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- with .Values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "openim-rpc-group.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "openim-rpc-group.ownPodAnnotations" -}}
{{- $secrets := dict }}
{{- range $name := list .Values.global.etcd.existingSecret .Values.global.mongodb.existingSecret .Values.global.redis.existingSecret .Values.global.server.existingSecret | compact }}
{{- with lookup "v1" "Secret" (include "openim-rpc-group.namespace" $) $name }}
{{- $_ := set $secrets $name .data }}
{{- end }}
{{- end }}
{{- with $secrets }}
checksum/secret: {{ toJson . | sha256sum }}
{{- end }}
checksum/config: {{ include "openim-rpc-group.configData" . | sha256sum }}
{{- if eq .Values.global.monitoring.type "annotations" }}
prometheus.io/scrape: "true"
prometheus.io/port: "{{ include "openim-rpc-group.port.metrics" $ }}"
prometheus.io/path: /metrics
prometheus.io/job: openimserver-openim-rpc-group
{{- end }}
{{- end }}

{{- define "openim-rpc-group.initContainers" -}}
{{- if and .Values.waitForDependencies.enabled (not .Values.diagnosticMode.enabled) }}
- name: wait-for-dependencies
  image: {{ include "openim-rpc-group.imageReference" (list . .Values.global.tools.image "docker.io") }}
  {{- include "openim-rpc-group.containerSettings" . | nindent 2 }}
  command:
    - /bin/sh
    - -c
    - |
      reachable() {
        for address in $1; do
          nc -z -w 2 "${address%:*}" "${address##*:}" && return 0
        done
        return 1
      }
      for addresses; do
        until reachable "$addresses"; do
          echo "waiting for $addresses"
          sleep 2
        done
      done
    - wait-for-dependencies
    - {{ include "openim-rpc-group.etcd.addresses" . | fromJsonArray | join " " | quote }}
    {{- with include "openim-rpc-group.mongodb.addresses" . | fromJsonArray }}
    - {{ join " " . | quote }}
    {{- end }}
    - {{ include "openim-rpc-group.redis.addresses" . | fromJsonArray | join " " | quote }}
  {{- with include "openim-rpc-group.resources" . | fromYaml }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- with .Values.initContainers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-rpc-group.command" -}}
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
  - -c
  - exec /openim-server/_output/bin/platforms/linux/*/openim-rpc-group -c /config -i 0
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the values takes the place of the chart's own of that name: a pod names each once. */}}
{{- define "openim-rpc-group.env" -}}
{{- if .Values.extraEnv }}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- range include "openim-rpc-group.ownEnv" . | fromYamlArray }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{ toYaml .Values.extraEnv }}
{{- else }}
{{- include "openim-rpc-group.ownEnv" . }}
{{- end }}
{{- end }}

{{- define "openim-rpc-group.ownEnv" -}}
{{- with (include "openim-rpc-group.resources" . | fromYaml).limits }}
{{- if .memory }}
{{ include "openim-rpc-group.goMemoryLimit" $ }}
{{- end }}
{{- if .cpu }}
- name: GOMAXPROCS
  valueFrom:
    resourceFieldRef:
      resource: limits.cpu
{{- end }}
{{- end }}
{{- if or .Values.global.etcd.existingSecret .Values.global.etcd.auth.enabled }}
- name: IMENV_DISCOVERY_ETCD_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.etcd.secretName" . | quote }}
      key: {{ .Values.global.etcd.secretKeys.username | quote }}
- name: IMENV_DISCOVERY_ETCD_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.etcd.secretName" . | quote }}
      key: {{ .Values.global.etcd.secretKeys.password | quote }}
{{- end }}
- name: IMENV_MONGODB_URI
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.mongodb.secretName" . | quote }}
      key: {{ include "openim-rpc-group.mongodb.secretKey" (list . "uri") | quote }}
      {{- if not (and (eq .Values.global.mongodb.mode "external") (not .Values.global.mongodb.addresses)) }}
      optional: true
      {{- end }}
- name: IMENV_MONGODB_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.mongodb.secretName" . | quote }}
      key: {{ include "openim-rpc-group.mongodb.secretKey" (list . "password") | quote }}
      {{- if (and (eq .Values.global.mongodb.mode "external") (not .Values.global.mongodb.addresses)) }}
      optional: true
      {{- end }}
- name: IMENV_REDIS_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.redis.secretName" . | quote }}
      key: {{ include "openim-rpc-group.redis.secretKey" (list . "username") | quote }}
      optional: true
- name: IMENV_REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.redis.secretName" . | quote }}
      key: {{ include "openim-rpc-group.redis.secretKey" (list . "password") | quote }}
- name: IMENV_SHARE_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-rpc-group.server.secretName" . | quote }}
      key: {{ .Values.global.server.secretKeys.secret | quote }}
- name: POD_IPS
  valueFrom:
    fieldRef:
      fieldPath: status.podIPs
{{- end }}

{{- define "openim-rpc-group.volumeMounts" -}}
- name: config
  mountPath: /config
  readOnly: true
- name: registration
  mountPath: /run/registration
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-rpc-group.volumes" -}}
- name: config
  projected:
    sources:
      - configMap:
          name: {{ include "openim-rpc-group.fullname" . }}
      {{- with .Values.configSources }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
- name: registration
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
