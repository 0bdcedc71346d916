{{/* <name>-<end> in the 63 characters of a host name; a name that is cut keeps a hash, so that two never become one.
Takes (list name end). */}}
{{- define "openim-msggateway.joined" -}}
{{- $name := first . }}
{{- $room := sub 62 (len (last .)) | int }}
{{- if gt (len $name) $room }}
{{- $name = printf "%s-%s" (trunc (sub $room 6 | int) $name | trimSuffix "-") (sha256sum $name | trunc 5) }}
{{- end }}
{{- printf "%s-%s" $name (last .) }}
{{- end }}

{{/* Name of the chart's objects: <release>-<component>, not doubled for a release that is named so. */}}
{{- define "openim-msggateway.fullname" -}}
{{- $component := default "msggateway" .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if or (eq .Release.Name $component) (eq .Release.Name (printf "%s-%s" .Values.global.instance $component)) }}
{{- .Release.Name }}
{{- else }}
{{- include "openim-msggateway.joined" (list .Release.Name $component) }}
{{- end }}
{{- end }}

{{/* Name by which the charts of one OpenIM find one another. */}}
{{- define "openim-msggateway.instance" -}}
{{- default .Release.Name .Values.global.instance }}
{{- end }}

{{/* Name of another component's Service; takes (list root component). */}}
{{- define "openim-msggateway.peer" -}}
{{- $instance := include "openim-msggateway.instance" (first .) }}
{{- $component := last . }}
{{- if eq $instance $component }}
{{- $component }}
{{- else }}
{{- include "openim-msggateway.joined" (list $instance $component) }}
{{- end }}
{{- end }}

{{- define "openim-msggateway.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which this chart's own selectors find its pods: they never change. */}}
{{- define "openim-msggateway.selectorLabels" -}}
app.kubernetes.io/name: openim-msggateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of pods: the selector's, and those by which other charts find them. */}}
{{- define "openim-msggateway.podLabels" -}}
{{ include "openim-msggateway.selectorLabels" . }}
app.kubernetes.io/component: msggateway
app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-msggateway.labels" -}}
{{ include "openim-msggateway.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of an object; takes (list root [annotations [labels]]), which win over those of all objects. */}}
{{- define "openim-msggateway.metadata" -}}
{{- $root := first . }}
{{- $labels := include "openim-msggateway.labels" $root }}
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
{{- define "openim-msggateway.imageReference" -}}
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

{{- define "openim-msggateway.image" -}}
{{- include "openim-msggateway.imageReference" (list . .Values.image) }}
{{- end }}

{{- define "openim-msggateway.serviceAccountName" -}}
{{- default (ternary (include "openim-msggateway.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{/* Requests and limits: those of the preset, if one is named, else the values' own. */}}
{{- define "openim-msggateway.resources" -}}
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
{{- define "openim-msggateway.goMemoryLimit" -}}
- name: GOMEMLIMIT
{{- if .Values.verticalPodAutoscaler.enabled }}
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- else }}
  value: {{ include "openim-msggateway.goMemoryLimitValue" . }}
{{- end }}
{{- end }}

{{- define "openim-msggateway.goMemoryLimitValue" -}}
{{- $limit := (include "openim-msggateway.resources" . | fromYaml).limits.memory | toString }}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $unit := regexFind "[a-zA-Z]*$" $limit }}
{{- printf "%dMiB" (divf (mulf (trimSuffix $unit $limit | float64) (get $units $unit) 0.9) 1048576 | int64) }}
{{- end }}

{{/* Affinity: the values' own, else the preset that keeps the chart's pods apart. */}}
{{- define "openim-msggateway.affinity" -}}
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
            {{- include "openim-msggateway.selectorLabels" . | nindent 12 }}
{{- else if eq .Values.podAntiAffinityPreset "hard" }}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels:
          {{- include "openim-msggateway.selectorLabels" . | nindent 10 }}
{{- end }}
{{- end }}

{{/* Which Secrets pull the images of a pod, a Job's too, and which nodes may run it. */}}
{{- define "openim-msggateway.placement" -}}
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
{{- define "openim-msggateway.podSpec" -}}
serviceAccountName: {{ include "openim-msggateway.serviceAccountName" . | quote }}
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
{{- with include "openim-msggateway.placement" . | trim }}
{{ . }}
{{- end }}
{{- with include "openim-msggateway.affinity" . | trim }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "openim-msggateway.selectorLabels" $ | fromYaml)) }}
  {{- /* Pods of the last revision do not count: they will go, and a rollout must not wait for their places. */}}
  {{- $_ := set $own "matchLabelKeys" (list "pod-template-hash") }}
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The container's probes; none in diagnostic mode. */}}
{{- define "openim-msggateway.probes" -}}
{{- if not .Values.diagnosticMode.enabled }}
{{- if .Values.customStartupProbe }}
startupProbe:
  {{- toYaml .Values.customStartupProbe | nindent 2 }}
{{- else if .Values.startupProbe.enabled }}
startupProbe:
  tcpSocket:
    port: websocket
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
    port: websocket
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

{{/* Addresses of etcd, a JSON list of host:port. */}}
{{- define "openim-msggateway.etcd.addresses" -}}
{{- if eq .Values.global.etcd.mode "external" }}
{{- toJson .Values.global.etcd.addresses }}
{{- else if eq .Values.global.etcd.mode "kubeblocks" }}
{{- list (printf "%s-etcd-headless:2379" (include "openim-msggateway.peer" (list . "etcd"))) | toJson }}
{{- else }}
{{- list (printf "%s:2379" (include "openim-msggateway.peer" (list . "etcd"))) | toJson }}
{{- end }}
{{- end }}

{{/* Addresses of Redis, a JSON list of host:port. */}}
{{- define "openim-msggateway.redis.addresses" -}}
{{- if eq .Values.global.redis.mode "external" }}
{{- toJson .Values.global.redis.addresses }}
{{- else if eq .Values.global.redis.mode "kubeblocks" }}
{{- list (printf "%s-redis-redis:6379" (include "openim-msggateway.peer" (list . "redis"))) | toJson }}
{{- else }}
{{- list (printf "%s:6379" (include "openim-msggateway.peer" (list . "redis"))) | toJson }}
{{- end }}
{{- end }}

{{/* Name of the Secret: User and password of etcd. */}}
{{- define "openim-msggateway.etcd.secretName" -}}
{{- default (include "openim-msggateway.peer" (list . "etcd")) .Values.global.etcd.existingSecret }}
{{- end }}

{{/* Name of the Secret: The password of Redis. */}}
{{- define "openim-msggateway.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "openim-msggateway.peer" (list . "redis")) }}
{{- else }}
{{- default (include "openim-msggateway.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-msggateway.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The secret by which all modules of server and chat trust one another, and with which tokens are signed. */}}
{{- define "openim-msggateway.server.secretName" -}}
{{- default (include "openim-msggateway.peer" (list . "server")) .Values.global.server.existingSecret }}
{{- end }}

{{/* One configuration file: its defaults, then global.config.server, then config. Takes (list root file). */}}
{{- define "openim-msggateway.config" -}}
{{- $root := first . }}
{{- $file := last . }}
{{- $text := include (printf "openim-msggateway.config.%s" $file) $root }}
{{- $shared := dig "server" $file dict $root.Values.global.config }}
{{- $own := dig $file dict $root.Values.config }}
{{- if or $shared $own }}
{{- $text = mergeOverwrite (fromYaml $text) (deepCopy $shared) (deepCopy $own) | toYaml }}
{{- end }}
{{- $text }}
{{- end }}

{{/* Data of the ConfigMap with the configuration files; pods start anew when it changes. */}}
{{- define "openim-msggateway.configData" }}
  discovery.yml: |
    {{- include "openim-msggateway.config" (list . "discovery") | nindent 4 }}
  share.yml: |
    {{- include "openim-msggateway.config" (list . "share") | nindent 4 }}
  log.yml: |
    {{- include "openim-msggateway.config" (list . "log") | nindent 4 }}
  openim-msggateway.yml: |
    {{- include "openim-msggateway.config" (list . "openim-msggateway") | nindent 4 }}
  redis.yml: |
    {{- include "openim-msggateway.config" (list . "redis") | nindent 4 }}
  webhooks.yml: |
    {{- include "openim-msggateway.config" (list . "webhooks") | nindent 4 }}
  registered.sh: |
    #!/bin/bash
    # Fails when the process has to start anew to be found, or to find others: etcd answers, and has lost the key that the
    # module registered, or all of its data. A module registers once, at its start, with a lease of 30 seconds, and does
    # not do so again when etcd was away for longer; and it does not look again at an etcd that has started from nothing.
    # Whatever else is wrong, an etcd that is away or answers an error among it, is no reason to restart a pod.
    #
    # The shell itself speaks to etcd's HTTP API, so that no credential is on a command line.
    LC_ALL=C # the length of a text is that of its bytes
    STATE=${STATE:-/run/registration}
    PROCESS=${PROCESS:-1}
    addresses={{ join " " (include "openim-msggateway.config" (list . "discovery") | fromYaml).etcd.address | replace "'" "" | squote }}
    prefix={{ printf "%v/" (include "openim-msggateway.config" (list . "discovery") | fromYaml).etcd.rootDirectory | squote }}
    name={{ (include "openim-msggateway.config" (list . "share") | fromYaml).rpcRegisterName.messageGateway | toString | squote }}
    host={{ (include "openim-msggateway.config" (list . "openim-msggateway") | fromYaml).rpc.registerIP | default "" | toString | replace "'" "" | squote }}
    port={{ dig "server" "openim-msggateway" "rpc" "ports" (list 10140) $.Values.global.config | first | int }}
    user=${IMENV_DISCOVERY_ETCD_USERNAME:-}
    password=${IMENV_DISCOVERY_ETCD_PASSWORD:-}
    token='' answer=''
    end=$((SECONDS + 10)) # well before the probe's own limit, whose end would count as a failure

    # talk ADDRESS PATH BODY: prints the whole answer of one member.
    talk() {
      local host=${1%:*} whole
      host=${host#'['}
      exec 3<>"/dev/tcp/${host%']'}/${1##*:}" || return 1
      printf 'POST /v3/%s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n' \
        "$2" "$1" ${#3} >&3
      if [ -n "$token" ]; then printf 'Authorization: %s\r\n' "$token" >&3; fi
      printf '\r\n%s' "$3" >&3
      IFS= read -r -d '' whole <&3
      printf %s "$whole"
    }

    # ask PATH BODY: puts into $answer what the first member says that has no error to tell.
    ask() {
      local address
      for address in $addresses; do
        [ $SECONDS -lt $end ] || return 1
        exec 4< <(talk "$address" "$@" 2>/dev/null)
        IFS= read -r -d '' -t 3 answer <&4
        kill $! 2>/dev/null
        exec 4<&-
        case $answer in 'HTTP/1.'?' 200 '*) return ;; esac
      done
      return 1
    }

    login() {
      local escaped=${password//\\/\\\\}
      token=''
      ask auth/authenticate "{\"name\": \"$user\", \"password\": \"${escaped//\"/\\\"}\"}" || return 1
      token=${answer##*'"token":"'}
      token=${token%%'"'*}
      # A login costs etcd much more than a question does.
      (umask 077 && printf %s "$token" >"$STATE/token")
    }

    # question BODY: asks for keys, after a login where none without is allowed.
    question() {
      ask kv/range "$1" || { [ -n "$user" ] && login && ask kv/range "$1"; }
    }

    encoded() {
      local text
      text=$(printf %s "$1" | base64)
      printf %s "${text//$'\n'/}"
    }

    # started: when the process began, which tells it from the one before it in this pod.
    started() {
      local stat
      read -r stat <"/proc/$PROCESS/stat" || return 1
      # The name of the program, in brackets, may hold blanks.
      # shellcheck disable=SC2086 # words are what is wanted
      set -- ${stat##*')'}
      printf %s "${20}"
    }

    # remember REVISION [KEY]
    remember() {
      printf '%s\n' "$self" "$1" "${2:-}" >"$STATE/seen"
    }

    command -v base64 >/dev/null && begun=$(started) || exit 0
    self="$begun $addresses $prefix $name $host $port"
    before=''
    seen=''
    revision=0
    if [ -r "$STATE/seen" ]; then { IFS= read -r before; read -r revision; read -r seen; } <"$STATE/seen"; fi
    case $before in
      "$self") ;;
      # The files have changed under the process, whose pod will be replaced.
      "$begun "*) exit 0 ;;
      *) revision=0 seen='' ;;
    esac
    if [ -r "$STATE/token" ]; then read -r token <"$STATE/token"; fi

    prefix=$prefix${name:+$name/}
    only=count
    if [ -n "$name" ]; then only=keys; fi
    range="\"key\": \"$(encoded "$prefix")\", \"range_end\": \"$(encoded "${prefix%/}0")\""
    question "{$range, \"${only}_only\": true}" || exit 0
    now=${answer##*'"revision":"'}
    now=${now%%'"'*}
    case $now in '' | *[!0-9]*) exit 0 ;; esac
    if [ "$revision" = lost ] || [ "$now" -lt "$revision" ]; then
      remember lost "$seen"
      echo "etcd has lost its data: its revision went back"
      exit 1
    fi
    for ip in ${name:+${host:-${POD_IPS//,/ }}}; do
      case $ip in *:*) ip="[$ip]" ;; esac
      key=$prefix$ip:$port
      case $answer in
        *"\"$(encoded "$key")\""*)
          remember "$now" "$key"
          exit 0
          ;;
      esac
    done
    if [ -n "$seen" ]; then
      echo "etcd answers, and has no key $seen any more"
      exit 1
    fi
    remember "$now"
    # One whose key was lost before it was ever seen is told by its age, and by nobody else's key either.
    read -r uptime _ </proc/uptime
    case $name:$answer in
      :* | *'"kvs"'*) ;;
      *)
        if [ $((${uptime%.*} - begun / 100)) -gt 600 ]; then
          echo "etcd answers, and has no key below $prefix 10 minutes after the start"
          exit 1
        fi
        ;;
    esac
{{- end }}

{{/* URL of a path as browsers see it, from (dict "root" $ "host" KEY "path" PATH); empty when not exposed. */}}
{{- define "openim-msggateway.exposureURL" -}}
{{- $exposure := .root.Values.global.exposure }}
{{- with and (ne $exposure.type "none") (get $exposure.hosts .host) }}
{{- $exposure.scheme | default (ternary "https" "http" $exposure.tls.enabled) }}://{{ . }}
{{- with $exposure.port }}:{{ int . }}{{ end }}
{{- trimSuffix "/" $.path }}
{{- end }}
{{- end }}

{{/* "true" when the module is reached from outside the cluster, else empty. */}}
{{- define "openim-msggateway.exposed" -}}
{{- if and .Values.exposure.enabled (ne .Values.global.exposure.type "none") }}true{{ end }}
{{- end }}

{{/* The module's public URL, without a final slash; empty when not exposed. */}}
{{- define "openim-msggateway.publicURL" -}}
{{- include "openim-msggateway.exposureURL" (dict "root" . "host" "main" "path" "/msg_gateway") }}
{{- end }}

{{/* Secret with the certificate of an Ingress; empty leaves it to the controller. */}}
{{- define "openim-msggateway.tlsSecret" -}}
{{- with .Values.global.exposure.tls }}
{{- if .existingSecret }}
{{- .existingSecret }}
{{- else if .clusterIssuer }}
{{- include "openim-msggateway.instance" $ }}-main-tls
{{- end }}
{{- end }}
{{- end }}

{{/* Class and TLS of an Ingress. */}}
{{- define "openim-msggateway.ingressSpec" -}}
{{- with .Values.global.exposure.ingress.className }}
ingressClassName: {{ . | quote }}
{{- end }}
{{- if .Values.global.exposure.tls.enabled }}
tls:
  - hosts:
      - {{ .Values.global.exposure.hosts.main | quote }}
    {{- with include "openim-msggateway.tlsSecret" . }}
    secretName: {{ . | quote }}
    {{- end }}
{{- end }}
{{- end }}

{{/* What the Ingress controller must be told, from (dict "root" $ "middlewares" (list NAME …)). */}}
{{- define "openim-msggateway.ingressAnnotations" -}}
{{- $exposure := .root.Values.global.exposure }}
{{- if eq $exposure.ingress.controller "nginx" }}
nginx.ingress.kubernetes.io/use-regex: "true"
nginx.ingress.kubernetes.io/rewrite-target: /$1
nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
{{- else if eq $exposure.ingress.controller "traefik" }}
{{- $prefix := printf "%s-%s" (include "openim-msggateway.namespace" .root) (include "openim-msggateway.fullname" .root) }}
{{- $references := list }}
{{- range .middlewares }}
{{- $references = append $references (printf "%s-%s@kubernetescrd" $prefix .) }}
{{- end }}
traefik.ingress.kubernetes.io/router.middlewares: {{ join "," $references }}
traefik.ingress.kubernetes.io/router.priority: "1012"
{{- if $exposure.tls.enabled }}
traefik.ingress.kubernetes.io/router.entrypoints: websecure
traefik.ingress.kubernetes.io/router.tls: "true"
{{- end }}
{{- end }}
{{- end }}

{{/* "true" when an autoscaler owns the number of pods, else empty. */}}
{{- define "openim-msggateway.autoscaled" -}}
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
{{- define "openim-msggateway.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-api
              - openim-msggateway
              - openim-push
              - openim-rpc-auth
  ports:
    - port: {{ dig "server" "openim-msggateway" "rpc" "ports" (list 10140) $.Values.global.config | first | int }}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: {{ dig "server" "openim-msggateway" "longConnSvr" "ports" (list 10001) $.Values.global.config | first | int }}
    - port: {{ dig "server" "openim-msggateway" "rpc" "ports" (list 10140) $.Values.global.config | first | int }}
{{- end }}
{{- if include "openim-msggateway.exposed" . }}
- ports:
    - port: {{ dig "server" "openim-msggateway" "longConnSvr" "ports" (list 10001) $.Values.global.config | first | int }}
  {{- with .Values.global.networkPolicy.gateway }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if ne .Values.global.monitoring.type "none" }}
- ports:
    - port: {{ dig "server" "openim-msggateway" "prometheus" "ports" (list 12140) $.Values.global.config | first | int }}
  {{- with .Values.global.networkPolicy.prometheus }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-msggateway-test
          app.kubernetes.io/part-of: {{ include "openim-msggateway.instance" . }}
  ports:
    - port: {{ dig "server" "openim-msggateway" "longConnSvr" "ports" (list 10001) $.Values.global.config | first | int }}
{{- end }}

{{/* Ports of a list of addresses, as a NetworkPolicy names them. */}}
{{- define "openim-msggateway.networkPolicyPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $ports = append $ports (regexFind "[0-9]+$" .) }}
{{- end }}
{{- range uniq $ports }}
- port: {{ . }}
{{- end }}
{{- end }}
