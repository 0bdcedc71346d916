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

{{- define "redis.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which this chart's own selectors find its pods: they never change. */}}
{{- define "redis.selectorLabels" -}}
app.kubernetes.io/name: redis
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of pods: the selector's, and those by which other charts find them. */}}
{{- define "redis.podLabels" -}}
{{ include "redis.selectorLabels" . }}
app.kubernetes.io/component: redis
app.kubernetes.io/part-of: {{ include "redis.instance" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "redis.labels" -}}
{{ include "redis.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of an object; takes (list root [annotations [labels]]), which win over those of all objects. */}}
{{- define "redis.metadata" -}}
{{- $root := first . }}
{{- $labels := include "redis.labels" $root }}
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
{{- define "redis.imageReference" -}}
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

{{- define "redis.image" -}}
{{- $image := deepCopy .Values.image }}
{{- if eq $image.layout "redis" }}
{{- $image = dict "repository" (default "library/redis" $image.repository) "tag" (default "8.2.10" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- if eq $image.layout "valkey" }}
{{- $image = dict "repository" (default "valkey/valkey" $image.repository) "tag" (default "9.1.1" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- include "redis.imageReference" (list . $image) }}
{{- end }}

{{- define "redis.serviceAccountName" -}}
{{- default (ternary (include "redis.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{/* Requests and limits: those of the preset, if one is named, else the values' own. */}}
{{- define "redis.resources" -}}
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

{{/* Affinity: the values' own, else the preset that keeps the chart's pods apart. */}}
{{- define "redis.affinity" -}}
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

{{/* Which Secrets pull the images of a pod, a Job's too, and which nodes may run it. */}}
{{- define "redis.placement" -}}
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
{{- define "redis.podSpec" -}}
serviceAccountName: {{ include "redis.serviceAccountName" . | quote }}
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
{{- with include "redis.placement" . | trim }}
{{ . }}
{{- end }}
{{- with include "redis.affinity" . | trim }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "redis.selectorLabels" $ | fromYaml)) }}
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
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

{{/* Name of the Service that gives every pod a name of its own. */}}
{{- define "redis.headlessName" -}}
{{- printf "%s-headless" (include "redis.fullname" . | trunc 54 | trimSuffix "-") }}
{{- end }}

{{/* DNS domain of the pods: a pod is <its name>.<this>, whatever its address is. */}}
{{- define "redis.podDomain" -}}
{{- printf "%s.%s.svc.%s" (include "redis.headlessName" .) (include "redis.namespace" .) .Values.clusterDomain }}
{{- end }}

{{/* Refuses what the API server, or the program behind it, would refuse later and less clearly. */}}
{{- define "redis.checkStatefulSet" -}}
{{- $name := include "redis.fullname" . }}
{{- if gt (len $name) 52 }}
{{- fail (printf "the name %s is longer than the 52 characters that a StatefulSet may have: set fullnameOverride, or give the release a shorter name" $name) }}
{{- end }}
{{- with lookup "apps/v1" "StatefulSet" (include "redis.namespace" .) $name }}
{{- if ne (int $.Values.replicaCount) (int .spec.replicas) }}
{{- fail (printf "replicaCount cannot change from %d to %d: slots and data would have to move; install a second release and copy the data" (int .spec.replicas) (int $.Values.replicaCount)) }}
{{- end }}
{{- include "redis.checkClaims" (list $ .) }}
{{- end }}
{{- if and .Values.persistence.existingClaim (gt (int .Values.replicaCount) 1) }}
{{- fail "persistence.existingClaim is one volume, which several pods cannot share: set replicaCount to 1, or leave it empty" }}
{{- end }}
{{- $group := int (add 1 .Values.cluster.replicas) }}
{{- if and (eq .Values.mode "standalone") (ne (int .Values.replicaCount) 1) }}
{{- fail "mode standalone is one pod: set replicaCount to 1, or mode to cluster" }}
{{- else if and (eq .Values.mode "cluster") (or (lt (int .Values.replicaCount) (mul 3 $group | int)) (mod .Values.replicaCount $group)) }}
{{- fail (printf "mode cluster needs at least three masters with %d replicas each: set replicaCount to %d, or to a larger multiple of %d" (int .Values.cluster.replicas) (mul 3 $group) $group) }}
{{- else if ne .Values.mode .Values.global.redis.topology }}
{{- fail (printf "mode is %s, but global.redis.topology, by which the modules connect, is %s: set both alike" .Values.mode .Values.global.redis.topology) }}
{{- end }}
{{- end }}

{{- define "redis.storageClass" -}}
{{- default .Values.global.storageClass .Values.persistence.storageClass }}
{{- end }}

{{/* "true" when the StatefulSet makes a claim for each pod. */}}
{{- define "redis.claims" -}}
{{- if and .Values.persistence.enabled (not .Values.persistence.existingClaim) }}true{{ end }}
{{- end }}

{{/* A size in bytes: the API server writes 1024Mi as 1Gi. */}}
{{- define "redis.bytes" -}}
{{- $bytes := regexFind "^[0-9]+" . | int64 }}
{{- $unit := regexFind "[a-zA-Z]+$" . }}
{{- range until (splitList (trimSuffix "i" $unit | lower | default "-") "-kmgtpe" | first | len) }}
{{- $bytes = mul $bytes (ternary 1024 1000 (hasSuffix "i" $unit)) }}
{{- end }}
{{- $bytes }}
{{- end }}

{{/* Refuses changes to the claims of the StatefulSet that is installed; takes (list root object). */}}
{{- define "redis.checkClaims" -}}
{{- $root := first . }}
{{- $claims := (last .).spec.volumeClaimTemplates | default list }}
{{- $wanted := include "redis.claims" $root }}
{{- $help := printf "Kubernetes does not let a StatefulSet change its claims: change the claims data-%s-* themselves (kubectl edit persistentvolumeclaim), delete the StatefulSet with kubectl delete statefulset %s --cascade=orphan, then upgrade" (last .).metadata.name (last .).metadata.name }}
{{- if ne (len $claims) (ternary 1 0 (eq $wanted "true")) }}
{{- fail (printf "persistence.enabled and persistence.existingClaim cannot turn claims on or off. %s" $help) }}
{{- end }}
{{- if and $claims $wanted }}
{{- $installed := (first $claims).spec }}
{{- $annotations := (first $claims).metadata.annotations | default dict }}
{{- $size := $installed.resources.requests.storage }}
{{- $class := include "redis.storageClass" $root }}
{{- $before := ternary (default "-" $installed.storageClassName) "" (hasKey $installed "storageClassName") }}
{{- if ne (include "redis.bytes" $size) (include "redis.bytes" $root.Values.persistence.size) }}
{{- fail (printf "persistence.size cannot change from %s to %s. %s" $size $root.Values.persistence.size $help) }}
{{- else if ne $before $class }}
{{- fail (printf "persistence.storageClass cannot change from %q to %q. %s" $before $class $help) }}
{{- else if ne (toJson $annotations) (toJson $root.Values.persistence.annotations) }}
{{- fail (printf "persistence.annotations cannot change. %s" $help) }}
{{- else if ne (toJson $installed.accessModes) (toJson $root.Values.persistence.accessModes) }}
{{- fail (printf "persistence.accessModes cannot change. %s" $help) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The password of Redis. */}}
{{- define "redis.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "redis.peer" (list . "redis")) }}
{{- else }}
{{- default (include "redis.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "redis.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Who may reach the pods. */}}
{{- define "redis.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          {{- include "redis.selectorLabels" . | nindent 10 }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "redis.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-admin-rpc
              - openim-msggateway
              - openim-msgtransfer
              - openim-push
              - openim-rpc-auth
              - openim-rpc-conversation
              - openim-rpc-friend
              - openim-rpc-group
              - openim-rpc-msg
              - openim-rpc-third
              - openim-rpc-user
  ports:
    - port: 6379
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: 6379
    - port: 16379
{{- end }}
{{- if ne .Values.global.monitoring.type "none" }}
- ports:
    - port: 9121
  {{- with .Values.global.networkPolicy.prometheus }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: redis-test
          app.kubernetes.io/part-of: {{ include "redis.instance" . }}
  ports:
    - port: 6379
{{- end }}

{{/* The password as an environment variable, from the Secret; takes (list root variable). */}}
{{- define "redis.password" -}}
{{- $root := first . -}}
- name: {{ last . }}
  valueFrom:
    secretKeyRef:
      name: {{ include "redis.redis.secretName" $root }}
      key: {{ $root.Values.global.redis.secretKeys.password }}
{{- end }}
