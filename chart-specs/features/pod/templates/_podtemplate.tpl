{{/* The pod, whatever controls it. */}}
{{- define "[[ prefix ]].podTemplate" -}}
[% set movable = graph.port_values(chart) %]
[% if movable | length > 1 %]
{{- $ports := list[% for number in chart.ports.values() %] [[ graph.own_port(chart, number) ]][% endfor %] }}
{{- if ne (uniq $ports | len) (len $ports) }}
{{- fail (printf "two ports of [[ chart.name ]] are the same, of %v: set another one in [[ movable | join(" or ") ]]" $ports) }}
{{- end -}}
[% endif %]
metadata:
  labels:
    {{- include "[[ prefix ]].podLabels" (list .) | nindent 4 }}
  {{- with include "[[ prefix ]].podAnnotations" (list . (include "[[ prefix ]].ownPodAnnotations" . | fromYaml)) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
spec:
  {{- include "[[ prefix ]].podSpec" . | nindent 2 }}
  {{- with include "[[ prefix ]].initContainers" . | trim }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - name: [[ chart.component ]]
      image: {{ include "[[ prefix ]].image" . }}
      {{- include "[[ prefix ]].containerSettings" . | nindent 6 }}
      {{- with include "[[ prefix ]].command" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "[[ prefix ]].env" . | trim }}
      env:
        {{- . | nindent 8 }}
      {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
[% if chart.ports %]
      ports:
[% for name, number in chart.ports.items() %]
        - name: [[ name ]]
          containerPort: [[ graph.own_port_text(chart, number) ]]
          protocol: TCP
[% endfor %]
[% endif %]
      {{- with include "[[ prefix ]].probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
[% if hook("container.lifecycle") | trim %]
      {{- if or .Values.lifecycle (not .Values.diagnosticMode.enabled) }}
      lifecycle:
        {{- if .Values.lifecycle }}
        {{- toYaml .Values.lifecycle | nindent 8 }}
        {{- else }}
        [[ hook("container.lifecycle") ]]
        {{- end }}
      {{- end }}
[% else %]
      {{- with .Values.lifecycle }}
      lifecycle:
        {{- toYaml . | nindent 8 }}
      {{- end }}
[% endif %]
      {{- with include "[[ prefix ]].resources" . | fromYaml }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "[[ prefix ]].volumeMounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    [[ hook("pod.containers") ]]
    {{- with .Values.sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "[[ prefix ]].volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "[[ prefix ]].ownPodAnnotations" -}}
[[ hook("pod.annotations") ]]
{{- end }}

{{- define "[[ prefix ]].initContainers" -}}
[[ hook("pod.initContainers") ]]
{{- with .Values.initContainers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "[[ prefix ]].command" -}}
{{- if .Values.diagnosticMode.enabled }}
[% set bare = chart.images.items() | rejectattr("1.image.shell") | map(attribute=0) | list %]
[% if bare %]
{{- if and (has "sleep" .Values.diagnosticMode.command)[% if bare | length < chart.images | length %] (has .Values.image.layout (list "[[ bare | join('" "') ]]"))[% endif %] }}
{{- fail "diagnosticMode.enabled: the image has neither sleep nor a shell; leave it off, and look into a pod with: kubectl debug --stdin --tty --profile=restricted --image=busybox --target=[[ chart.component ]] POD -- sh" }}
{{- end }}
[% endif %]
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
[% set commands = chart.images.items() | groupby("1.command") %]
[% for command, layouts in commands if command %]
[% set named = '"' ~ layouts | map(attribute=0) | join('" "') ~ '"' %]
{{- else[[ "" if loop.last and commands[0][0] else " if eq .Values.image.layout " ~ named ]] }}
command:
  [[ command | list | yaml(2) ]]
[% endfor %]
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable of the values takes the place of the chart's own of that name: a pod names each once. */}}
{{- define "[[ prefix ]].env" -}}
{{- if .Values.extraEnv }}
{{- $names := list }}
{{- range .Values.extraEnv }}
{{- $names = append $names .name }}
{{- end }}
{{- range include "[[ prefix ]].ownEnv" . | fromYamlArray }}
{{- if not (has .name $names) }}
{{ list . | toYaml }}
{{- end }}
{{- end }}
{{ toYaml .Values.extraEnv }}
{{- else }}
{{- include "[[ prefix ]].ownEnv" . }}
{{- end }}
{{- end }}

{{- define "[[ prefix ]].ownEnv" -}}
[[ hook("container.env") ]]
{{- end }}

{{- define "[[ prefix ]].volumeMounts" -}}
[[ hook("container.volumeMounts") ]]
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "[[ prefix ]].volumes" -}}
[[ hook("pod.volumes") ]]
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
