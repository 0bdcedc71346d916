{{/* Port rpc of the container; that of the Service stays 30300. */}}
{{- define "openim-chat-rpc.port.rpc" -}}
{{- (dig "chat" "chat-rpc-chat" "rpc" "ports" (list 30300) $.Values.global.config | first | int) }}
{{- end }}

{{/* Requests and limits of the program: those of the preset, if one is named, else the values' own. */}}
{{- define "openim-chat-rpc.resources" -}}
{{- $presets := dict
  "none" .Values.resources
  "nano" (dict "requests" (dict "cpu" "25m" "memory" "64Mi") "limits" (dict "memory" "128Mi"))
  "micro" (dict "requests" (dict "cpu" "50m" "memory" "128Mi") "limits" (dict "memory" "256Mi"))
  "small" (dict "requests" (dict "cpu" "100m" "memory" "256Mi") "limits" (dict "memory" "512Mi"))
  "medium" (dict "requests" (dict "cpu" "250m" "memory" "512Mi") "limits" (dict "memory" "1Gi"))
  "large" (dict "requests" (dict "cpu" "500m" "memory" "1Gi") "limits" (dict "memory" "2Gi")) }}
{{- include "openim-chat-rpc.requirements" (list . (get $presets .Values.resourcesPreset)) }}
{{- end }}

{{/* Requests and limits of a container; takes (list root OWN). Below its own are those that all containers have. */}}
{{- define "openim-chat-rpc.requirements" -}}
{{- with mergeOverwrite ((first .).Values.global.resources | default dict | deepCopy) (last . | default dict) }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{/* An empty volume for temporary files. */}}
{{- define "openim-chat-rpc.temporaryVolume" -}}
{{- $size := .Values.global.temporaryStorage }}
{{- empty $size | ternary "{}" (printf "{sizeLimit: %v}" $size) }}
{{- end }}

{{/* The soft memory limit of Go's runtime: nine tenths of the container's, since the process holds more than its heap. A
vertical autoscaler changes limits of pods behind Helm's back, so there it is the limit itself, as the kubelet knows it. */}}
{{- define "openim-chat-rpc.goMemoryLimit" -}}
- name: GOMEMLIMIT
{{- if .Values.verticalPodAutoscaler.enabled }}
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- else }}
  value: {{ include "openim-chat-rpc.goMemoryLimitValue" . }}
{{- end }}
{{- end }}

{{- define "openim-chat-rpc.goMemoryLimitValue" -}}
{{- $limit := (include "openim-chat-rpc.resources" . | fromYaml).limits.memory | toString }}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $unit := regexFind "[a-zA-Z]*$" $limit }}
{{- printf "%dMiB" (divf (mulf (trimSuffix $unit $limit | float64) (get $units $unit) 0.9) 1048576 | int64) }}
{{- end }}

{{/* Affinity: the values' own, else that of all charts, and the preset that keeps the chart's pods apart. */}}
{{- define "openim-chat-rpc.affinity" -}}
{{- $shared := list .Values.global.affinity (include "openim-chat-rpc.podAntiAffinity" . | fromYaml) }}
{{- include "openim-chat-rpc.merged" (ternary (list .Values.affinity) $shared (not (empty .Values.affinity))) }}
{{- end }}

{{- define "openim-chat-rpc.podAntiAffinity" -}}
{{- if eq .Values.podAntiAffinityPreset "soft" }}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 1
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "openim-chat-rpc.selectorLabels" . | nindent 12 }}
{{- else if eq .Values.podAntiAffinityPreset "hard" }}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels:
          {{- include "openim-chat-rpc.selectorLabels" . | nindent 10 }}
{{- end }}
{{- end }}

{{/* Labels of a pod. Takes (list root [ROLE]): one with a ROLE of its own beside the program, such as test, has another
name, so that nothing that selects the program's pods takes it for one. */}}
{{- define "openim-chat-rpc.podLabels" -}}
{{- $root := first . }}
{{- $own := include "openim-chat-rpc.ownLabels" $root | fromYaml }}
{{- with rest . | first }}
{{- $_ := set $own "app.kubernetes.io/name" (printf "openim-chat-rpc-%s" .) }}
{{- end }}
{{- include "openim-chat-rpc.merged" (list $own
  $root.Values.podLabels $root.Values.commonLabels
  $root.Values.global.podLabels $root.Values.global.commonLabels) }}
{{- end }}

{{/* Annotations of a pod; takes (list root [OWN]). Those of the values win over the chart's OWN. */}}
{{- define "openim-chat-rpc.podAnnotations" -}}
{{- $root := first . }}
{{- include "openim-chat-rpc.merged" (list
  $root.Values.podAnnotations $root.Values.commonAnnotations
  $root.Values.global.podAnnotations $root.Values.global.commonAnnotations
  (rest . | first)) }}
{{- end }}

{{- define "openim-chat-rpc.defaultPodSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65534
runAsGroup: 65534
fsGroup: 65534
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "openim-chat-rpc.defaultContainerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{/* A security context, key by key: the chart's own where the values changed or removed its default, else that of all
charts, else the default. Takes (list OWN SHARED DEFAULT LEFT), the last with keys whose defaults are left out. */}}
{{- define "openim-chat-rpc.securityContext" -}}
{{- $own := index . 0 | default dict }}
{{- $shared := index . 1 | default dict }}
{{- $defaults := dict }}
{{- range $key, $value := index . 2 }}
{{- if eq (toJson $value) (get $own $key | toJson) }}
{{- $own = omit $own $key }}
{{- $_ := set $defaults $key $value }}
{{- else }}
{{- $shared = omit $shared $key }}
{{- end }}
{{- end }}
{{- range last . }}
{{- $defaults = omit $defaults . }}
{{- end }}
{{- include "openim-chat-rpc.merged" (list $own $shared $defaults) }}
{{- end }}

{{/* What every container of the chart has, Jobs' too. */}}
{{- define "openim-chat-rpc.containerSettings" -}}
imagePullPolicy: {{ default .Values.global.image.pullPolicy .Values.image.pullPolicy }}
{{- $defaults := include "openim-chat-rpc.defaultContainerSecurityContext" . | fromYaml }}
{{- with include "openim-chat-rpc.securityContext" (list .Values.containerSecurityContext .Values.global.containerSecurityContext $defaults list) }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every pod of the chart has, Jobs' too. */}}
{{- define "openim-chat-rpc.podSettings" -}}
{{- $defaults := include "openim-chat-rpc.defaultPodSecurityContext" . | fromYaml }}
{{- $left := ternary (list "runAsUser" "runAsGroup" "fsGroup") list (default false .Values.global.userFromPlatform) }}
{{- with include "openim-chat-rpc.securityContext" (list .Values.podSecurityContext .Values.global.podSecurityContext $defaults $left) }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
enableServiceLinks: {{ default false .Values.enableServiceLinks }}
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
{{- with default .Values.global.runtimeClassName .Values.runtimeClassName }}
runtimeClassName: {{ quote . }}
{{- end }}
{{- with default .Values.global.priorityClassName .Values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- with default .Values.global.schedulerName .Values.schedulerName }}
schedulerName: {{ quote . }}
{{- end }}
{{- with concat (default list .Values.global.image.pullSecrets) (default list .Values.image.pullSecrets) | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ quote . }}
  {{- end }}
{{- end }}
{{- with include "openim-chat-rpc.merged" (list .Values.nodeSelector .Values.global.nodeSelector) }}
nodeSelector:
  {{- . | nindent 2 }}
{{- end }}
{{- with default .Values.global.tolerations .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What a pod's spec says beside its containers and volumes. */}}
{{- define "openim-chat-rpc.podSpec" -}}
serviceAccountName: {{ include "openim-chat-rpc.serviceAccountName" . | quote }}
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with include "openim-chat-rpc.podSettings" . | trim }}
{{ . }}
{{- end }}
{{- with include "openim-chat-rpc.affinity" . }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with default .Values.global.topologySpreadConstraints .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "openim-chat-rpc.selectorLabels" $ | fromYaml)) }}
  {{- /* Pods of the last revision do not count: they will go, and a rollout must not wait for their places. */}}
  {{- $_ := set $own "matchLabelKeys" (list "pod-template-hash") }}
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The same of a pod that runs to its end beside the program's. It needs the nodes, and no place among other pods. */}}
{{- define "openim-chat-rpc.taskSpec" -}}
{{- include "openim-chat-rpc.podSettings" . }}
{{- with (.Values.affinity | default .Values.global.affinity | default dict).nodeAffinity }}
affinity:
  nodeAffinity:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}

{{/* The container's probes; none in diagnostic mode. */}}
{{- define "openim-chat-rpc.probes" -}}
{{- if not .Values.diagnosticMode.enabled }}
{{- if .Values.customStartupProbe }}
startupProbe:
  {{- toYaml .Values.customStartupProbe | nindent 2 }}
{{- else if .Values.startupProbe.enabled }}
startupProbe:
  tcpSocket:
    port: rpc
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
  tcpSocket:
    port: rpc
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
  exec:
    command:
      - /bin/sh
      - -c
      - if command -v bash >/dev/null; then exec bash /config/registered.sh; fi
  {{- range $key, $value := omit .Values.livenessProbe "enabled" }}
  {{- if $value }}
  {{ $key }}: {{ $value }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
