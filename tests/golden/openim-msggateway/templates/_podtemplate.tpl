{{/* The pod, whatever controls it. */}}
{{- define "openim-msggateway.podTemplate" -}}
{{- $ports := list (include "openim-msggateway.port.websocket" $ | int) (include "openim-msggateway.port.rpc" $ | int) (include "openim-msggateway.port.metrics" $ | int) }}
{{- if ne (uniq $ports | len) (len $ports) }}
{{- fail (printf "two ports of openim-msggateway are the same, of %v: set another one in global.config.server.openim-msggateway.longConnSvr.ports or global.config.server.openim-msggateway.rpc.ports or global.config.server.openim-msggateway.prometheus.ports" $ports) }}
{{- end -}}
metadata:
  labels:
    {{- include "openim-msggateway.podLabels" (list .) | nindent 4 }}
  {{- with include "openim-msggateway.podAnnotations" (list . (include "openim-msggateway.ownPodAnnotations" . | fromYaml)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- include "openim-msggateway.podSpec" . | nindent 2 }}
  {{- with include "openim-msggateway.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: msggateway
      image: {{ include "openim-msggateway.image" . }}
      {{- include "openim-msggateway.containerSettings" . | nindent 6 }}
      {{- with include "openim-msggateway.command" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "openim-msggateway.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: websocket
          containerPort: {{ include "openim-msggateway.port.websocket" $ }}
          protocol: TCP
        - name: rpc
          containerPort: {{ include "openim-msggateway.port.rpc" $ }}
          protocol: TCP
        - name: metrics
          containerPort: {{ include "openim-msggateway.port.metrics" $ }}
          protocol: TCP
      {{- with include "openim-msggateway.probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if or .Values.lifecycle (not .Values.diagnosticMode.enabled) }}
      lifecycle:
        {{- if .Values.lifecycle }}
        {{- toYaml .Values.lifecycle | nindent 8 }}
        {{- else }}
        preStop:
          sleep:
            seconds: 30
        {{- end }}
      {{- end }}
      {{- with include "openim-msggateway.resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "openim-msggateway.volumeMounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- with .Values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "openim-msggateway.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "openim-msggateway.ownPodAnnotations" -}}
{{- $secrets := dict }}
{{- range $name := list .Values.global.etcd.existingSecret .Values.global.redis.existingSecret .Values.global.server.existingSecret | compact }}
{{- with lookup "v1" "Secret" (include "openim-msggateway.namespace" $) $name }}
{{- $_ := set $secrets $name .data }}
{{- end }}
{{- end }}
{{- with $secrets }}
checksum/secret: {{ toJson . | sha256sum }}
{{- end }}
checksum/config: {{ include "openim-msggateway.configData" . | sha256sum }}
{{- if eq .Values.global.monitoring.type "annotations" }}
prometheus.io/scrape: "true"
prometheus.io/port: "{{ include "openim-msggateway.port.metrics" $ }}"
prometheus.io/path: /metrics
prometheus.io/job: openimserver-openim-msggateway
{{- end }}
{{- end }}

{{- define "openim-msggateway.initContainers" -}}
{{- if and .Values.waitForDependencies.enabled (not .Values.diagnosticMode.enabled) }}
- name: wait-for-dependencies
  image: {{ include "openim-msggateway.imageReference" (list . .Values.global.tools.image "docker.io") }}
  {{- include "openim-msggateway.containerSettings" . | nindent 2 }}
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
    - {{ include "openim-msggateway.etcd.addresses" . | fromJsonArray | join " " | quote }}
    - {{ include "openim-msggateway.redis.addresses" . | fromJsonArray | join " " | quote }}
  {{- with include "openim-msggateway.resources" . | fromYaml }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- with .Values.initContainers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-msggateway.command" -}}
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
  - exec /openim-server/_output/bin/platforms/linux/*/openim-msggateway -c /config -i 0
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the values takes the place of the chart's own of that name: a pod names each once. */}}
{{- define "openim-msggateway.env" -}}
{{- if .Values.extraEnv }}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- range include "openim-msggateway.ownEnv" . | fromYamlArray }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{ toYaml .Values.extraEnv }}
{{- else }}
{{- include "openim-msggateway.ownEnv" . }}
{{- end }}
{{- end }}

{{- define "openim-msggateway.ownEnv" -}}
{{- with (include "openim-msggateway.resources" . | fromYaml).limits }}
{{- if .memory }}
{{ include "openim-msggateway.goMemoryLimit" $ }}
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
      name: {{ include "openim-msggateway.etcd.secretName" . | quote }}
      key: {{ .Values.global.etcd.secretKeys.username | quote }}
- name: IMENV_DISCOVERY_ETCD_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-msggateway.etcd.secretName" . | quote }}
      key: {{ .Values.global.etcd.secretKeys.password | quote }}
{{- end }}
- name: IMENV_REDIS_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-msggateway.redis.secretName" . | quote }}
      key: {{ include "openim-msggateway.redis.secretKey" (list . "username") | quote }}
      optional: true
- name: IMENV_REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-msggateway.redis.secretName" . | quote }}
      key: {{ include "openim-msggateway.redis.secretKey" (list . "password") | quote }}
- name: IMENV_SHARE_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-msggateway.server.secretName" . | quote }}
      key: {{ .Values.global.server.secretKeys.secret | quote }}
- name: POD_IPS
  valueFrom:
    fieldRef:
      fieldPath: status.podIPs
{{- end }}

{{- define "openim-msggateway.volumeMounts" -}}
- name: config
  mountPath: /config
  readOnly: true
- name: registration
  mountPath: /run/registration
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-msggateway.volumes" -}}
- name: config
  projected:
    sources:
      - configMap:
          name: {{ include "openim-msggateway.fullname" . }}
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
