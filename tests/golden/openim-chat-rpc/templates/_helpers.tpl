{{/* <name>-<end> in the 63 characters of a host name; a name that is cut keeps a hash, so that two never become one.
Takes (list name end). */}}
{{- define "openim-chat-rpc.joined" -}}
{{- $name := first . }}
{{- $room := sub 62 (len (last .)) | int }}
{{- if gt (len $name) $room }}
{{- $name = printf "%s-%s" (trunc (sub $room 6 | int) $name | trimSuffix "-") (sha256sum $name | trunc 5) }}
{{- end }}
{{- printf "%s-%s" $name (last .) }}
{{- end }}

{{/* Name of the chart's objects: <release>-<component>, not doubled for a release that is named so. */}}
{{- define "openim-chat-rpc.fullname" -}}
{{- $component := default "chat-rpc" .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if or (eq .Release.Name $component) (eq .Release.Name (printf "%s-%s" .Values.global.instance $component)) }}
{{- .Release.Name }}
{{- else }}
{{- include "openim-chat-rpc.joined" (list .Release.Name $component) }}
{{- end }}
{{- end }}

{{/* Name by which the charts of one OpenIM find one another. */}}
{{- define "openim-chat-rpc.instance" -}}
{{- default .Release.Name .Values.global.instance }}
{{- end }}

{{/* Name of another component's Service; takes (list root component). */}}
{{- define "openim-chat-rpc.peer" -}}
{{- $instance := include "openim-chat-rpc.instance" (first .) }}
{{- $component := last . }}
{{- if eq $instance $component }}
{{- $component }}
{{- else }}
{{- include "openim-chat-rpc.joined" (list $instance $component) }}
{{- end }}
{{- end }}

{{- define "openim-chat-rpc.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which this chart's own selectors find its pods: they never change. */}}
{{- define "openim-chat-rpc.selectorLabels" -}}
app.kubernetes.io/name: openim-chat-rpc
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of pods: the selector's, and those by which other charts find them. */}}
{{- define "openim-chat-rpc.podLabels" -}}
{{ include "openim-chat-rpc.selectorLabels" . }}
app.kubernetes.io/component: chat-rpc
app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "openim-chat-rpc.labels" -}}
{{ include "openim-chat-rpc.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels and annotations of an object; takes (list root [annotations [labels]]), which win over those of all objects. */}}
{{- define "openim-chat-rpc.metadata" -}}
{{- $root := first . }}
{{- $labels := include "openim-chat-rpc.labels" $root }}
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
{{- define "openim-chat-rpc.imageReference" -}}
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

{{- define "openim-chat-rpc.image" -}}
{{- $image := deepCopy .Values.image }}
{{- if eq $image.layout "all-in-one" }}
{{- $image = dict "repository" (default "openim/openim-chat" $image.repository) "tag" (default "v1.8.4-patch.5" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- if eq $image.layout "per-module" }}
{{- $image = dict "repository" (default "openim/openim-chat-rpc" $image.repository) "tag" (default "v1.8.4-patch.5" $image.tag) | mergeOverwrite $image }}
{{- end }}
{{- include "openim-chat-rpc.imageReference" (list . $image) }}
{{- end }}

{{- define "openim-chat-rpc.serviceAccountName" -}}
{{- default (ternary (include "openim-chat-rpc.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{/* Requests and limits: those of the preset, if one is named, else the values' own. */}}
{{- define "openim-chat-rpc.resources" -}}
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

{{/* Affinity: the values' own, else the preset that keeps the chart's pods apart. */}}
{{- define "openim-chat-rpc.affinity" -}}
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

{{/* Which Secrets pull the images of a pod, a Job's too, and which nodes may run it. */}}
{{- define "openim-chat-rpc.placement" -}}
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
{{- define "openim-chat-rpc.podSpec" -}}
serviceAccountName: {{ include "openim-chat-rpc.serviceAccountName" . | quote }}
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
{{- with include "openim-chat-rpc.placement" . | trim }}
{{ . }}
{{- end }}
{{- with include "openim-chat-rpc.affinity" . | trim }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "openim-chat-rpc.selectorLabels" $ | fromYaml)) }}
  {{- /* Pods of the last revision do not count: they will go, and a rollout must not wait for their places. */}}
  {{- $_ := set $own "matchLabelKeys" (list "pod-template-hash") }}
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
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

{{/* Addresses of etcd, a JSON list of host:port. */}}
{{- define "openim-chat-rpc.etcd.addresses" -}}
{{- if eq .Values.global.etcd.mode "external" }}
{{- toJson .Values.global.etcd.addresses }}
{{- else if eq .Values.global.etcd.mode "kubeblocks" }}
{{- list (printf "%s-etcd-headless:2379" (include "openim-chat-rpc.peer" (list . "etcd"))) | toJson }}
{{- else }}
{{- list (printf "%s:2379" (include "openim-chat-rpc.peer" (list . "etcd"))) | toJson }}
{{- end }}
{{- end }}

{{/* Addresses of MongoDB, a JSON list of host:port. */}}
{{- define "openim-chat-rpc.mongodb.addresses" -}}
{{- if eq .Values.global.mongodb.mode "external" }}
{{- toJson .Values.global.mongodb.addresses }}
{{- else if eq .Values.global.mongodb.mode "kubeblocks" }}
{{- list (printf "%s-mongodb-mongodb:27017" (include "openim-chat-rpc.peer" (list . "mongodb"))) | toJson }}
{{- else }}
{{- list (printf "%s:27017" (include "openim-chat-rpc.peer" (list . "mongodb"))) | toJson }}
{{- end }}
{{- end }}

{{/* Addresses of Redis, a JSON list of host:port. */}}
{{- define "openim-chat-rpc.redis.addresses" -}}
{{- if eq .Values.global.redis.mode "external" }}
{{- toJson .Values.global.redis.addresses }}
{{- else if eq .Values.global.redis.mode "kubeblocks" }}
{{- list (printf "%s-redis-redis:6379" (include "openim-chat-rpc.peer" (list . "redis"))) | toJson }}
{{- else }}
{{- list (printf "%s:6379" (include "openim-chat-rpc.peer" (list . "redis"))) | toJson }}
{{- end }}
{{- end }}

{{/* Name of the Secret: Secrets of chat, made once for each installation. */}}
{{- define "openim-chat-rpc.chat.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "chat")) .Values.global.chat.existingSecret }}
{{- end }}

{{/* Name of the Secret: User and password of etcd. */}}
{{- define "openim-chat-rpc.etcd.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "etcd")) .Values.global.etcd.existingSecret }}
{{- end }}

{{/* Name of the Secret: Keys of the LiveKit server for calls. */}}
{{- define "openim-chat-rpc.liveKit.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "live-kit")) .Values.global.liveKit.existingSecret }}
{{- end }}

{{/* Name of the Secret: Password of the mailbox that sends verification codes. */}}
{{- define "openim-chat-rpc.mail.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "mail")) .Values.global.mail.existingSecret }}
{{- end }}

{{/* Name of the Secret: The password of MongoDB. It becomes part of a URI as it is, so it may not hold '/', ':', '@' and '%'. */}}
{{- define "openim-chat-rpc.mongodb.secretName" -}}
{{- if and (eq .Values.global.mongodb.mode "kubeblocks") (not .Values.global.mongodb.existingSecret) }}
{{- printf "%s-mongodb-account-root" (include "openim-chat-rpc.peer" (list . "mongodb")) }}
{{- else }}
{{- default (include "openim-chat-rpc.peer" (list . "mongodb")) .Values.global.mongodb.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-chat-rpc.mongodb.secretKey" -}}
{{- $global := (first .).Values.global.mongodb }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The password of Redis. */}}
{{- define "openim-chat-rpc.redis.secretName" -}}
{{- if and (eq .Values.global.redis.mode "kubeblocks") (not .Values.global.redis.existingSecret) }}
{{- printf "%s-redis-account-default" (include "openim-chat-rpc.peer" (list . "redis")) }}
{{- else }}
{{- default (include "openim-chat-rpc.peer" (list . "redis")) .Values.global.redis.existingSecret }}
{{- end }}
{{- end }}

{{/* A key of that Secret as it is named there; takes (list root key). */}}
{{- define "openim-chat-rpc.redis.secretKey" -}}
{{- $global := (first .).Values.global.redis }}
{{- $named := get $global.secretKeys (last .) }}
{{- if and (eq $global.mode "kubeblocks") (not $global.existingSecret) }}
{{- get (dict "password" "password") (last .) | default $named }}
{{- else }}
{{- $named }}
{{- end }}
{{- end }}

{{/* Name of the Secret: The secret by which all modules of server and chat trust one another, and with which tokens are signed. */}}
{{- define "openim-chat-rpc.server.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "server")) .Values.global.server.existingSecret }}
{{- end }}

{{/* Name of the Secret: Keys of the Alibaba Cloud account that sends verification codes by SMS. */}}
{{- define "openim-chat-rpc.sms.secretName" -}}
{{- default (include "openim-chat-rpc.peer" (list . "sms")) .Values.global.sms.existingSecret }}
{{- end }}

{{/* One configuration file: its defaults, then global.config.chat, then config. Takes (list root file). */}}
{{- define "openim-chat-rpc.config" -}}
{{- $root := first . }}
{{- $file := last . }}
{{- $text := include (printf "openim-chat-rpc.config.%s" $file) $root }}
{{- $shared := dig "chat" $file dict $root.Values.global.config }}
{{- $own := dig $file dict $root.Values.config }}
{{- if or $shared $own }}
{{- $text = mergeOverwrite (fromYaml $text) (deepCopy $shared) (deepCopy $own) | toYaml }}
{{- end }}
{{- $text }}
{{- end }}

{{/* Data of the ConfigMap with the configuration files; pods start anew when it changes. */}}
{{- define "openim-chat-rpc.configData" }}
  discovery.yml: |
    {{- include "openim-chat-rpc.config" (list . "discovery") | nindent 4 }}
  share.yml: |
    {{- include "openim-chat-rpc.config" (list . "share") | nindent 4 }}
  log.yml: |
    {{- include "openim-chat-rpc.config" (list . "log") | nindent 4 }}
  redis.yml: |
    {{- include "openim-chat-rpc.config" (list . "redis") | nindent 4 }}
  mongodb.yml: |
    {{- include "openim-chat-rpc.config" (list . "mongodb") | nindent 4 }}
  chat-rpc-chat.yml: |
    {{- include "openim-chat-rpc.config" (list . "chat-rpc-chat") | nindent 4 }}
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
    addresses={{ join " " (include "openim-chat-rpc.config" (list . "discovery") | fromYaml).etcd.address | replace "'" "" | squote }}
    prefix={{ printf "%v/" (include "openim-chat-rpc.config" (list . "discovery") | fromYaml).etcd.rootDirectory | squote }}
    name={{ (include "openim-chat-rpc.config" (list . "discovery") | fromYaml).rpcService.chat | toString | squote }}
    host={{ (include "openim-chat-rpc.config" (list . "chat-rpc-chat") | fromYaml).rpc.registerIP | default "" | toString | replace "'" "" | squote }}
    port={{ dig "chat" "chat-rpc-chat" "rpc" "ports" (list 30300) $.Values.global.config | first | int }}
    user=${CHATENV_DISCOVERY_ETCD_USERNAME:-}
    password=${CHATENV_DISCOVERY_ETCD_PASSWORD:-}
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

{{/* "true" when an autoscaler owns the number of pods, else empty. */}}
{{- define "openim-chat-rpc.autoscaled" -}}
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
{{- define "openim-chat-rpc.networkPolicyIngress" -}}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values:
              - openim-admin-api
              - openim-admin-rpc
              - openim-chat-api
  ports:
    - port: {{ dig "chat" "chat-rpc-chat" "rpc" "ports" (list 30300) $.Values.global.config | first | int }}
{{- if ne .Values.service.type "ClusterIP" }}
- ports:
    - port: {{ dig "chat" "chat-rpc-chat" "rpc" "ports" (list 30300) $.Values.global.config | first | int }}
{{- end }}
- from:
    - podSelector:
        matchLabels:
          app.kubernetes.io/name: openim-chat-rpc-test
          app.kubernetes.io/part-of: {{ include "openim-chat-rpc.instance" . }}
  ports:
    - port: {{ dig "chat" "chat-rpc-chat" "rpc" "ports" (list 30300) $.Values.global.config | first | int }}
{{- end }}

{{/* Ports of a list of addresses, as a NetworkPolicy names them. */}}
{{- define "openim-chat-rpc.networkPolicyPorts" -}}
{{- $ports := list }}
{{- range . }}
{{- $ports = append $ports (regexFind "[0-9]+$" .) }}
{{- end }}
{{- range uniq $ports }}
- port: {{ . }}
{{- end }}
{{- end }}
