{{/* Requests and limits of the program: those of the preset, if one is named, else the values' own. */}}
{{- define "redis.resources" -}}
{{- $presets := dict
  "none" .Values.resources
  "nano" (dict "requests" (dict "cpu" "25m" "memory" "64Mi") "limits" (dict "memory" "128Mi"))
  "micro" (dict "requests" (dict "cpu" "50m" "memory" "128Mi") "limits" (dict "memory" "256Mi"))
  "small" (dict "requests" (dict "cpu" "100m" "memory" "256Mi") "limits" (dict "memory" "512Mi"))
  "medium" (dict "requests" (dict "cpu" "250m" "memory" "512Mi") "limits" (dict "memory" "1Gi"))
  "large" (dict "requests" (dict "cpu" "500m" "memory" "1Gi") "limits" (dict "memory" "2Gi")) }}
{{- include "redis.requirements" (list . (get $presets .Values.resourcesPreset)) }}
{{- end }}

{{/* Requests and limits of a container; takes (list root OWN). Below its own are those that all containers have. */}}
{{- define "redis.requirements" -}}
{{- with mergeOverwrite ((first .).Values.global.resources | default dict | deepCopy) (last . | default dict) }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{/* An empty volume for temporary files. */}}
{{- define "redis.temporaryVolume" -}}
{{- $size := default .Values.global.temporaryStorage .Values.temporaryStorage }}
{{- empty $size | ternary "{}" (printf "{sizeLimit: %v}" $size) }}
{{- end }}

{{/* The soft memory limit of Go's runtime: nine tenths of the container's, since the process holds more than its heap. A
vertical autoscaler changes limits of pods behind Helm's back, so there it is the limit itself, as the kubelet knows it. */}}
{{- define "redis.goMemoryLimit" -}}
- name: GOMEMLIMIT
  value: {{ include "redis.goMemoryLimitValue" . }}
{{- end }}

{{- define "redis.goMemoryLimitValue" -}}
{{- $limit := (include "redis.resources" . | fromYaml).limits.memory | toString }}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $unit := regexFind "[a-zA-Z]*$" $limit }}
{{- printf "%dMiB" (divf (mulf (trimSuffix $unit $limit | float64) (get $units $unit) 0.9) 1048576 | int64) }}
{{- end }}

{{/* Affinity: the values' own, else that of all charts, and the preset that keeps the chart's pods apart. */}}
{{- define "redis.affinity" -}}
{{- $shared := list .Values.global.affinity (include "redis.podAntiAffinity" . | fromYaml) }}
{{- include "redis.merged" (ternary (list .Values.affinity) $shared (not (empty .Values.affinity))) }}
{{- end }}

{{- define "redis.podAntiAffinity" -}}
{{- if eq .Values.podAntiAffinityPreset "soft" }}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 1
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "redis.selectorLabels" . | nindent 12 }}
{{- else if eq .Values.podAntiAffinityPreset "hard" }}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels:
          {{- include "redis.selectorLabels" . | nindent 10 }}
{{- end }}
{{- end }}

{{/* Labels of a pod. Takes (list root [ROLE]): one with a ROLE of its own beside the program, such as test, has another
name, so that nothing that selects the program's pods takes it for one. */}}
{{- define "redis.podLabels" -}}
{{- $root := first . }}
{{- $own := include "redis.ownLabels" $root | fromYaml }}
{{- with rest . | first }}
{{- $_ := set $own "app.kubernetes.io/name" (printf "redis-%s" .) }}
{{- end }}
{{- include "redis.merged" (list $own
  $root.Values.podLabels $root.Values.commonLabels
  $root.Values.global.podLabels $root.Values.global.commonLabels) }}
{{- end }}

{{/* Annotations of a pod; takes (list root [OWN]). Those of the values win over the chart's OWN. */}}
{{- define "redis.podAnnotations" -}}
{{- $root := first . }}
{{- include "redis.merged" (list
  $root.Values.podAnnotations $root.Values.commonAnnotations
  $root.Values.global.podAnnotations $root.Values.global.commonAnnotations
  (rest . | first)) }}
{{- end }}

{{- define "redis.defaultPodSecurityContext" -}}
runAsNonRoot: true
runAsUser: 999
runAsGroup: 999
fsGroup: 999
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "redis.defaultContainerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{/* A security context, key by key: the chart's own where the values changed or removed its default, else that of all
charts, else the default. Takes (list OWN SHARED DEFAULT LEFT), the last with keys whose defaults are left out. */}}
{{- define "redis.securityContext" -}}
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
{{- include "redis.merged" (list $own $shared $defaults) }}
{{- end }}

{{/* What every container of the chart has, Jobs' too. */}}
{{- define "redis.containerSettings" -}}
imagePullPolicy: {{ default .Values.global.image.pullPolicy .Values.image.pullPolicy }}
{{- $defaults := include "redis.defaultContainerSecurityContext" . | fromYaml }}
{{- with include "redis.securityContext" (list .Values.containerSecurityContext .Values.global.containerSecurityContext $defaults list) }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every pod of the chart has, Jobs' too. */}}
{{- define "redis.podSettings" -}}
{{- $defaults := include "redis.defaultPodSecurityContext" . | fromYaml }}
{{- $left := ternary (list "runAsUser" "runAsGroup" "fsGroup") list (default false .Values.global.userFromPlatform) }}
{{- with include "redis.securityContext" (list .Values.podSecurityContext .Values.global.podSecurityContext $defaults $left) }}
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
{{- with include "redis.merged" (list .Values.nodeSelector .Values.global.nodeSelector) }}
nodeSelector:
  {{- . | nindent 2 }}
{{- end }}
{{- with default .Values.global.tolerations .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What a pod's spec says beside its containers and volumes. */}}
{{- define "redis.podSpec" -}}
serviceAccountName: {{ include "redis.serviceAccountName" . | quote }}
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with include "redis.podSettings" . | trim }}
{{ . }}
{{- end }}
{{- with include "redis.affinity" . }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with default .Values.global.topologySpreadConstraints .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "redis.selectorLabels" $ | fromYaml)) }}
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The same of a pod that runs to its end beside the program's. It needs the nodes, and no place among other pods. */}}
{{- define "redis.taskSpec" -}}
{{- include "redis.podSettings" . }}
{{- with (.Values.affinity | default .Values.global.affinity | default dict).nodeAffinity }}
affinity:
  nodeAffinity:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}

{{/* The container's probes; none in diagnostic mode. */}}
{{- define "redis.probes" -}}
{{- if not .Values.diagnosticMode.enabled }}
{{- if .Values.customStartupProbe }}
startupProbe:
  {{- toYaml .Values.customStartupProbe | nindent 2 }}
{{- else if .Values.startupProbe.enabled }}
startupProbe:
  exec:
    command:
      - /bin/sh
      - /files/health.sh
      - alive
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
  exec:
    command:
      - /bin/sh
      - /files/health.sh
      - ready
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
      - /files/health.sh
      - alive
  {{- range $key, $value := omit .Values.livenessProbe "enabled" }}
  {{- if $value }}
  {{ $key }}: {{ $value }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}
