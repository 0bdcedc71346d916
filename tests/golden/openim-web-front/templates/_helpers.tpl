{{/* <name>-<end> in the 63 characters of a host name; a name that is cut keeps a hash, so that two never become one.
Takes (list name end). */}}
{{- define "openim-web-front.joined" -}}
{{- $name := first . }}
{{- $room := sub 62 (len (last .)) | int }}
{{- if gt (len $name) $room }}
{{- $name = printf "%s-%s" (trunc (sub $room 6 | int) $name | trimSuffix "-") (sha256sum $name | trunc 5) }}
{{- end }}
{{- printf "%s-%s" $name (last .) }}
{{- end }}

{{/* Name of the chart's objects: <release>-<component>, not doubled for a release that is named so. */}}
{{- define "openim-web-front.fullname" -}}
{{- $component := default "web-front" .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if or (eq .Release.Name $component) (eq .Release.Name (printf "%s-%s" .Values.global.instance $component)) }}
{{- .Release.Name }}
{{- else }}
{{- include "openim-web-front.joined" (list .Release.Name $component) }}
{{- end }}
{{- end }}

{{/* Name by which the charts of one OpenIM find one another. */}}
{{- define "openim-web-front.instance" -}}
{{- default .Release.Name .Values.global.instance }}
{{- end }}

{{/* Name of another component's Service; takes (list root component). */}}
{{- define "openim-web-front.peer" -}}
{{- $instance := include "openim-web-front.instance" (first .) }}
{{- $component := last . }}
{{- if eq $instance $component }}
{{- $component }}
{{- else }}
{{- include "openim-web-front.joined" (list $instance $component) }}
{{- end }}
{{- end }}

{{- define "openim-web-front.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which this chart's own selectors find its pods: they never change. */}}
{{- define "openim-web-front.selectorLabels" -}}
app.kubernetes.io/name: openim-web-front
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of pods: the selector's, and those by which other charts find them. */}}
{{- define "openim-web-front.podLabels" -}}
{{ include "openim-web-front.selectorLabels" . }}
app.kubernetes.io/component: web-front
app.kubernetes.io/part-of: {{ include "openim-web-front.instance" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-web-front.labels" -}}
{{ include "openim-web-front.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of an object; takes (list root [annotations [labels]]), which win over those of all objects. */}}
{{- define "openim-web-front.metadata" -}}
{{- $root := first . }}
{{- $labels := include "openim-web-front.labels" $root }}
{{- with rest (rest .) | first }}
{{- $labels = merge (dict) . ($labels | fromYaml) | toYaml }}
{{- end -}}
labels:
  {{- $labels | nindent 2 }}
{{- with merge (dict) (rest . | first | default dict) (default dict $root.Values.commonAnnotations) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Reference of an image; takes (list root image). A digest wins over the tag. */}}
{{- define "openim-web-front.imageReference" -}}
{{- $root := first . }}
{{- $image := last . }}
{{- $registry := default $image.registry $root.Values.global.image.registry }}
{{- $name := ternary (printf "%s/%s" $registry $image.repository) $image.repository (ne $registry "") }}
{{- if $image.digest }}
{{- printf "%s@%s" $name $image.digest }}
{{- else }}
{{- printf "%s:%s" $name $image.tag }}
{{- end }}
{{- end }}

{{- define "openim-web-front.image" -}}
{{- include "openim-web-front.imageReference" (list . .Values.image) }}
{{- end }}

{{- define "openim-web-front.serviceAccountName" -}}
{{- default (ternary (include "openim-web-front.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{/* Requests and limits: those of the preset, if one is named, else the values' own. */}}
{{- define "openim-web-front.resources" -}}
{{- $presets := dict
  "none" .Values.resources
  "nano" (dict "requests" (dict "cpu" "25m" "memory" "64Mi") "limits" (dict "memory" "128Mi"))
  "micro" (dict "requests" (dict "cpu" "50m" "memory" "128Mi") "limits" (dict "memory" "256Mi"))
  "small" (dict "requests" (dict "cpu" "100m" "memory" "256Mi") "limits" (dict "memory" "512Mi"))
  "medium" (dict "requests" (dict "cpu" "250m" "memory" "512Mi") "limits" (dict "memory" "1Gi"))
  "large" (dict "requests" (dict "cpu" "500m" "memory" "1Gi") "limits" (dict "memory" "2Gi")) }}
{{- get $presets .Values.resourcesPreset | toYaml }}
{{- end }}

{{/* The soft memory limit of Go's runtime: nine tenths of the container's, since the process holds more than its heap. A
vertical autoscaler changes limits of pods behind Helm's back, so there it is the limit itself, as the kubelet knows it. */}}
{{- define "openim-web-front.goMemoryLimit" -}}
- name: GOMEMLIMIT
{{- if .Values.verticalPodAutoscaler.enabled }}
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- else }}
  value: {{ include "openim-web-front.goMemoryLimitValue" . }}
{{- end }}
{{- end }}

{{- define "openim-web-front.goMemoryLimitValue" -}}
{{- $limit := (include "openim-web-front.resources" . | fromYaml).limits.memory | toString }}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $unit := regexFind "[a-zA-Z]*$" $limit }}
{{- printf "%dMiB" (divf (mulf (trimSuffix $unit $limit | float64) (get $units $unit) 0.9) 1048576 | int64) }}
{{- end }}

{{/* Affinity: the values' own, else the preset that keeps the chart's pods apart. */}}
{{- define "openim-web-front.affinity" -}}
{{- if .Values.affinity }}
{{- toYaml .Values.affinity }}
{{- else if eq .Values.podAntiAffinityPreset "soft" }}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 1
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "openim-web-front.selectorLabels" . | nindent 12 }}
{{- else if eq .Values.podAntiAffinityPreset "hard" }}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels:
          {{- include "openim-web-front.selectorLabels" . | nindent 10 }}
{{- end }}
{{- end }}

{{/* Which Secrets pull the images of a pod, a Job's too, and which nodes may run it. */}}
{{- define "openim-web-front.placement" -}}
{{- with concat (default list .Values.global.image.pullSecrets) (default list .Values.image.pullSecrets) | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ quote . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What a pod's spec says beside its containers and volumes. */}}
{{- define "openim-web-front.podSpec" -}}
serviceAccountName: {{ include "openim-web-front.serviceAccountName" . | quote }}
automountServiceAccountToken: false
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if and .Values.dnsPolicy (or .Values.dnsConfig (ne .Values.dnsPolicy "None")) }}
dnsPolicy: {{ .Values.dnsPolicy }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ quote . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ quote . }}
{{- end }}
{{- with include "openim-web-front.placement" . | trim }}
{{ . }}
{{- end }}
{{- with include "openim-web-front.affinity" . | trim }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "openim-web-front.selectorLabels" $ | fromYaml)) }}
  {{- /* Pods of the last revision do not count: they will go, and a rollout must not wait for their places. */}}
  {{- $_ := set $own "matchLabelKeys" (list "pod-template-hash") }}
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The container's probes; none in diagnostic mode. */}}
{{- define "openim-web-front.probes" -}}
{{- if not .Values.diagnosticMode.enabled }}
{{- if .Values.customStartupProbe }}
startupProbe:
  {{- toYaml .Values.customStartupProbe | nindent 2 }}
{{- else if .Values.startupProbe.enabled }}
startupProbe:
  httpGet:
    path: /
    port: http
  {{- range $key, $value := omit .Values.startupProbe "enabled" }}
  {{- if $value }}
  {{ $key }}: {{ $value }}
  {{- end }}
  {{- end }}
{{- end }}
{{- if .Values.customReadinessProbe }}
readinessProbe:
  {{- toYaml .Values.customReadinessProbe | nindent 2 }}
{{- else if .Values.readinessProbe.enabled }}
readinessProbe:
  httpGet:
    path: /
    port: http
  {{- range $key, $value := omit .Values.readinessProbe "enabled" }}
  {{- if $value }}
  {{ $key }}: {{ $value }}
  {{- end }}
  {{- end }}
{{- end }}
{{- if .Values.customLivenessProbe }}
livenessProbe:
  {{- toYaml .Values.customLivenessProbe | nindent 2 }}
{{- else if .Values.livenessProbe.enabled }}
livenessProbe:
  httpGet:
    path: /
    port: http
  {{- range $key, $value := omit .Values.livenessProbe "enabled" }}
  {{- if $value }}
  {{ $key }}: {{ $value }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* URL of a path as browsers see it, from (dict "root" $ "host" KEY "path" PATH); empty when not exposed. */}}
{{- define "openim-web-front.exposureURL" -}}
{{- $exposure := .root.Values.global.exposure }}
{{- with and (ne $exposure.type "none") (get $exposure.hosts .host) }}
{{- $exposure.scheme | default (ternary "https" "http" $exposure.tls.enabled) }}://{{ . }}
{{- with $exposure.port }}:{{ int . }}{{ end }}
{{- trimSuffix "/" $.path }}
{{- end }}
{{- end }}

{{/* "true" when the module is reached from outside the cluster, else empty. */}}
{{- define "openim-web-front.exposed" -}}
{{- if and .Values.exposure.enabled (ne .Values.global.exposure.type "none") }}true{{ end }}
{{- end }}

{{/* The module's public URL, without a final slash; empty when not exposed. */}}
{{- define "openim-web-front.publicURL" -}}
{{- include "openim-web-front.exposureURL" (dict "root" . "host" "main" "path" "/") }}
{{- end }}

{{/* Secret with the certificate of an Ingress; empty leaves it to the controller. */}}
{{- define "openim-web-front.tlsSecret" -}}
{{- with .Values.global.exposure.tls }}
{{- if .existingSecret }}
{{- .existingSecret }}
{{- else if .clusterIssuer }}
{{- include "openim-web-front.instance" $ }}-main-tls
{{- end }}
{{- end }}
{{- end }}

{{/* Class and TLS of an Ingress. */}}
{{- define "openim-web-front.ingressSpec" -}}
{{- with .Values.global.exposure.ingress.className }}
ingressClassName: {{ . | quote }}
{{- end }}
{{- if .Values.global.exposure.tls.enabled }}
tls:
  - hosts:
      - {{ .Values.global.exposure.hosts.main | quote }}
    {{- with include "openim-web-front.tlsSecret" . }}
    secretName: {{ . | quote }}
    {{- end }}
{{- end }}
{{- end }}

{{/* What the Ingress controller must be told, from (dict "root" $ "middlewares" (list NAME …)). */}}
{{- define "openim-web-front.ingressAnnotations" -}}
{{- $exposure := .root.Values.global.exposure }}
{{- if eq $exposure.ingress.controller "nginx" }}
nginx.ingress.kubernetes.io/proxy-body-size: "0"
{{- else if eq $exposure.ingress.controller "traefik" }}
{{- if $exposure.tls.enabled }}
traefik.ingress.kubernetes.io/router.entrypoints: websecure
traefik.ingress.kubernetes.io/router.tls: "true"
{{- end }}
{{- end }}
{{- end }}

{{/* "true" when an autoscaler owns the number of pods, else empty. */}}
{{- define "openim-web-front.autoscaled" -}}
{{- with .Values.autoscaling }}
{{- if ne .type "none" }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas is more than autoscaling.maxReplicas: set maxReplicas to %v or more" .minReplicas) }}
{{- end }}
{{- print "true" }}
{{- end }}
{{- end }}
{{- end }}

{{/* Who may reach the pods. */}}
{{- define "openim-web-front.networkPolicyIngress" -}}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: 80
{{- end }}
{{- if include "openim-web-front.exposed" . }}
- ports:
    - port: 80
  {{- with .Values.global.networkPolicy.gateway }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-web-front-test
          app.kubernetes.io/part-of: {{ include "openim-web-front.instance" . }}
  ports:
    - port: 80
{{- end }}
