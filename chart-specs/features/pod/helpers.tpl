[% for name, number in chart.ports.items() if graph.moves(chart, number) %]
{{/* Port [[ name ]] of the container; that of the Service stays [[ number ]]. */}}
{{- define "[[ prefix ]].port.[[ name ]]" -}}
{{- [[ graph.port_expression(chart, number) ]] }}
{{- end }}

[% endfor %]
{{/* Requests and limits: those of the preset, if one is named, else the values' own. */}}
{{- define "[[ prefix ]].resources" -}}
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
{{- define "[[ prefix ]].goMemoryLimit" -}}
- name: GOMEMLIMIT
[% if provided("autoscaled") %]
{{- if .Values.verticalPodAutoscaler.enabled }}
  valueFrom:
    resourceFieldRef:
      resource: limits.memory
{{- else }}
  value: {{ include "[[ prefix ]].goMemoryLimitValue" . }}
{{- end }}
[% else %]
  value: {{ include "[[ prefix ]].goMemoryLimitValue" . }}
[% endif %]
{{- end }}

{{- define "[[ prefix ]].goMemoryLimitValue" -}}
{{- $limit := (include "[[ prefix ]].resources" . | fromYaml).limits.memory | toString }}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- $unit := regexFind "[a-zA-Z]*$" $limit }}
{{- printf "%dMiB" (divf (mulf (trimSuffix $unit $limit | float64) (get $units $unit) 0.9) 1048576 | int64) }}
{{- end }}

{{/* Affinity: the values' own, else the preset that keeps the chart's pods apart. */}}
{{- define "[[ prefix ]].affinity" -}}
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
            {{- include "[[ prefix ]].selectorLabels" . | nindent 12 }}
{{- else if eq .Values.podAntiAffinityPreset "hard" }}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels:
          {{- include "[[ prefix ]].selectorLabels" . | nindent 10 }}
{{- end }}
{{- end }}

{{/* Which Secrets pull the images of a pod, a Job's too, and which nodes may run it. */}}
{{- define "[[ prefix ]].placement" -}}
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
{{- define "[[ prefix ]].podSpec" -}}
serviceAccountName: {{ include "[[ prefix ]].serviceAccountName" . | quote }}
automountServiceAccountToken: [[ "{{ .Values.serviceAccount.automountToken }}" if chart.service_account_token else "false" ]]
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
{{- with include "[[ prefix ]].placement" . | trim }}
{{ . }}
{{- end }}
{{- with include "[[ prefix ]].affinity" . | trim }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- $own := dict "labelSelector" (dict "matchLabels" (include "[[ prefix ]].selectorLabels" $ | fromYaml)) }}
  [[ hook("pod.spread") ]]
  {{- range . }}
  - {{ hasKey . "labelSelector" | ternary . (merge (deepCopy .) $own) | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The container's probes; none in diagnostic mode. */}}
{{- define "[[ prefix ]].probes" -}}
{{- if not .Values.diagnosticMode.enabled }}
[% for name in ["startup", "readiness", "liveness"] %]
[% set probe = chart.probes.get(name) %]
[% set custom = "custom" ~ name | capitalize ~ "Probe" %]
{{- if .Values.[[ custom ]] }}
[[ name ]]Probe:
  {{- toYaml .Values.[[ custom ]] | nindent 2 }}
[% if probe %]
{{- else if .Values.[[ name ]]Probe.enabled }}
[[ name ]]Probe:
[% for handler in ["tcpSocket", "httpGet", "exec", "grpc"] if handler in probe %]
  [[ handler ]]:
    [[ probe[handler] | yaml(4) ]]
[% endfor %]
  {{- range $key, $value := omit .Values.[[ name ]]Probe "enabled" }}
  {{- if $value }}
  {{ $key }}: {{ $value }}
  {{- end }}
  {{- end }}
[% endif %]
{{- end }}
[% endfor %]
{{- end }}
{{- end }}
