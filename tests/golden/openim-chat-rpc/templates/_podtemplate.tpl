{{/* The pod, whatever controls it. */}}
{{- define "openim-chat-rpc.podTemplate" -}}
metadata:
  labels:
    {{- include "openim-chat-rpc.podLabels" (list .) | nindent 4 }}
  {{- with include "openim-chat-rpc.podAnnotations" (list . (include "openim-chat-rpc.ownPodAnnotations" . | fromYaml)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- include "openim-chat-rpc.podSpec" . | nindent 2 }}
  {{- with include "openim-chat-rpc.initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: chat-rpc
      image: {{ include "openim-chat-rpc.image" . }}
      {{- include "openim-chat-rpc.containerSettings" . | nindent 6 }}
      {{- with include "openim-chat-rpc.command" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "openim-chat-rpc.env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: rpc
          containerPort: {{ include "openim-chat-rpc.port.rpc" $ }}
          protocol: TCP
      {{- with include "openim-chat-rpc.probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "openim-chat-rpc.resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "openim-chat-rpc.volumeMounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- with .Values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "openim-chat-rpc.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "openim-chat-rpc.ownPodAnnotations" -}}
{{- $secrets := dict }}
{{- range $name := list .Values.global.chat.existingSecret .Values.global.etcd.existingSecret .Values.global.liveKit.existingSecret .Values.global.mail.existingSecret .Values.global.mongodb.existingSecret .Values.global.redis.existingSecret .Values.global.server.existingSecret .Values.global.sms.existingSecret | compact }}
{{- with lookup "v1" "Secret" (include "openim-chat-rpc.namespace" $) $name }}
{{- $_ := set $secrets $name .data }}
{{- end }}
{{- end }}
{{- with $secrets }}
checksum/secret: {{ toJson . | sha256sum }}
{{- end }}
checksum/config: {{ include "openim-chat-rpc.configData" . | sha256sum }}
{{- end }}

{{- define "openim-chat-rpc.initContainers" -}}
{{- if and .Values.waitForDependencies.enabled (not .Values.diagnosticMode.enabled) }}
- name: wait-for-dependencies
  image: {{ include "openim-chat-rpc.imageReference" (list . .Values.global.tools.image "docker.io") }}
  {{- include "openim-chat-rpc.containerSettings" . | nindent 2 }}
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
    - {{ include "openim-chat-rpc.etcd.addresses" . | fromJsonArray | join " " | quote }}
    {{- with include "openim-chat-rpc.mongodb.addresses" . | fromJsonArray }}
    - {{ join " " . | quote }}
    {{- end }}
  {{- with include "openim-chat-rpc.resources" . | fromYaml }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- with .Values.initContainers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-chat-rpc.command" -}}
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
{{- else if eq .Values.image.layout "all-in-one" }}
command:
  - /bin/sh
  - -c
  - exec /openim-chat/_output/bin/platforms/linux/*/chat-rpc -c /config -i 0
{{- else }}
command:
  - /openim-chat/_output/openim-chat-rpc
  - -c
  - /config
  - -i
  - '0'
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the values takes the place of the chart's own of that name: a pod names each once. */}}
{{- define "openim-chat-rpc.env" -}}
{{- if .Values.extraEnv }}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- range include "openim-chat-rpc.ownEnv" . | fromYamlArray }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{ toYaml .Values.extraEnv }}
{{- else }}
{{- include "openim-chat-rpc.ownEnv" . }}
{{- end }}
{{- end }}

{{- define "openim-chat-rpc.ownEnv" -}}
{{- with (include "openim-chat-rpc.resources" . | fromYaml).limits }}
{{- if .memory }}
{{ include "openim-chat-rpc.goMemoryLimit" $ }}
{{- end }}
{{- if .cpu }}
- name: GOMAXPROCS
  valueFrom:
    resourceFieldRef:
      resource: limits.cpu
{{- end }}
{{- end }}
- name: CHATENV_SHARE_CHATADMIN
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.chat.secretName" . | quote }}
      key: {{ .Values.global.chat.secretKeys.adminUserID | quote }}
- name: CHATENV_CHAT_RPC_CHAT_VERIFYCODE_SUPERCODE
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.chat.secretName" . | quote }}
      key: {{ .Values.global.chat.secretKeys.superCode | quote }}
{{- if or .Values.global.etcd.existingSecret .Values.global.etcd.auth.enabled }}
- name: CHATENV_DISCOVERY_ETCD_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.etcd.secretName" . | quote }}
      key: {{ .Values.global.etcd.secretKeys.username | quote }}
- name: CHATENV_DISCOVERY_ETCD_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.etcd.secretName" . | quote }}
      key: {{ .Values.global.etcd.secretKeys.password | quote }}
{{- end }}
{{- if .Values.global.liveKit.existingSecret }}
- name: CHATENV_CHAT_RPC_CHAT_LIVEKIT_KEY
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.liveKit.secretName" . | quote }}
      key: {{ .Values.global.liveKit.secretKeys.key | quote }}
      optional: true
- name: CHATENV_CHAT_RPC_CHAT_LIVEKIT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.liveKit.secretName" . | quote }}
      key: {{ .Values.global.liveKit.secretKeys.secret | quote }}
      optional: true
{{- end }}
{{- if .Values.global.mail.existingSecret }}
- name: CHATENV_CHAT_RPC_CHAT_VERIFYCODE_MAIL_SENDERAUTHORIZATIONCODE
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.mail.secretName" . | quote }}
      key: {{ .Values.global.mail.secretKeys.authorizationCode | quote }}
      optional: true
{{- end }}
- name: CHATENV_MONGODB_URI
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.mongodb.secretName" . | quote }}
      key: {{ include "openim-chat-rpc.mongodb.secretKey" (list . "uri") | quote }}
      {{- if not (and (eq .Values.global.mongodb.mode "external") (not .Values.global.mongodb.addresses)) }}
      optional: true
      {{- end }}
- name: CHATENV_MONGODB_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.mongodb.secretName" . | quote }}
      key: {{ include "openim-chat-rpc.mongodb.secretKey" (list . "password") | quote }}
      {{- if (and (eq .Values.global.mongodb.mode "external") (not .Values.global.mongodb.addresses)) }}
      optional: true
      {{- end }}
- name: CHATENV_REDIS_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.redis.secretName" . | quote }}
      key: {{ include "openim-chat-rpc.redis.secretKey" (list . "username") | quote }}
      optional: true
- name: CHATENV_REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.redis.secretName" . | quote }}
      key: {{ include "openim-chat-rpc.redis.secretKey" (list . "password") | quote }}
- name: CHATENV_SHARE_OPENIM_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.server.secretName" . | quote }}
      key: {{ .Values.global.server.secretKeys.secret | quote }}
{{- if .Values.global.sms.existingSecret }}
- name: CHATENV_CHAT_RPC_CHAT_VERIFYCODE_PHONE_ALI_ACCESSKEYID
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.sms.secretName" . | quote }}
      key: {{ .Values.global.sms.secretKeys.accessKeyID | quote }}
      optional: true
- name: CHATENV_CHAT_RPC_CHAT_VERIFYCODE_PHONE_ALI_ACCESSKEYSECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "openim-chat-rpc.sms.secretName" . | quote }}
      key: {{ .Values.global.sms.secretKeys.accessKeySecret | quote }}
      optional: true
{{- end }}
- name: POD_IPS
  valueFrom:
    fieldRef:
      fieldPath: status.podIPs
{{- end }}

{{- define "openim-chat-rpc.volumeMounts" -}}
- name: config
  mountPath: /config
  readOnly: true
- name: registration
  mountPath: /run/registration
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-chat-rpc.volumes" -}}
- name: config
  projected:
    sources:
      - configMap:
          name: {{ include "openim-chat-rpc.fullname" . }}
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
