[% set exposure = chart.exposure %]
[% set path = exposure.path.rstrip("/") %]
[% set outside = path if exposure.strip_prefix else "" %]
{{/* "true" when the module is reached from outside the cluster, else empty. */}}
{{- define "[[ prefix ]].exposed" -}}
[% if exposure.host == "main" %]
{{- if and .Values.exposure.enabled (ne .Values.global.exposure.type "none") }}true{{ end }}
[% else %]
{{- $hosts := .Values.global.exposure.hosts }}
{{- if and .Values.exposure.enabled (ne .Values.global.exposure.type "none") $hosts.[[ exposure.host ]] }}
{{- if has $hosts.[[ exposure.host ]] (values (omit $hosts "[[ exposure.host ]]")) }}
{{- fail (printf "global.exposure.hosts.[[ exposure.host ]] is %s, and so is another of the hosts: set each to its own" $hosts.[[ exposure.host ]]) }}
{{- end }}true
{{- end }}
[% endif %]
{{- end }}

{{/* The module's public URL, without a final slash; empty when not exposed. */}}
{{- define "[[ prefix ]].publicURL" -}}
{{- include "[[ prefix ]].exposureURL" (dict "root" . "host" "[[ exposure.host ]]" "path" "[[ exposure.path ]]") }}
{{- end }}

{{/* Secret with the certificate of an Ingress; empty leaves it to the controller. */}}
{{- define "[[ prefix ]].tlsSecret" -}}
{{- with .Values.global.exposure.tls }}
{{- if .existingSecret }}
{{- .existingSecret }}
{{- else if .clusterIssuer }}
{{- include "[[ prefix ]].instance" $ }}-[[ exposure.host ]]-tls
{{- end }}
{{- end }}
{{- end }}

{{/* Class and TLS of an Ingress. */}}
{{- define "[[ prefix ]].ingressSpec" -}}
{{- with .Values.global.exposure.ingress.className }}
ingressClassName: {{ . | quote }}
{{- end }}
{{- if .Values.global.exposure.tls.enabled }}
tls:
  - hosts:
      - {{ .Values.global.exposure.hosts.[[ exposure.host ]] | quote }}
    {{- with include "[[ prefix ]].tlsSecret" . }}
    secretName: {{ . | quote }}
    {{- end }}
{{- end }}
{{- end }}

{{/* What the Ingress controller must be told, from (dict "root" $ "middlewares" (list NAME …)). */}}
{{- define "[[ prefix ]].ingressAnnotations" -}}
{{- $exposure := .root.Values.global.exposure }}
{{- if eq $exposure.ingress.controller "nginx" }}
[% if path or exposure.hidden %]
nginx.ingress.kubernetes.io/use-regex: "true"
[% endif %]
[% if outside %]
nginx.ingress.kubernetes.io/rewrite-target: /$1
[% endif %]
[% if exposure.websocket %]
nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
[% else %]
nginx.ingress.kubernetes.io/proxy-body-size: "0"
[% endif %]
[% if exposure.headers %]
nginx.ingress.kubernetes.io/configuration-snippet: |
[% for name, value in exposure.headers.items() %]
  proxy_set_header [[ name ]] "[[ value.replace("{url}", '{{ include "' ~ prefix ~ '.publicURL" .root }}') ]]";
[% endfor %]
[% endif %]
{{- else if eq $exposure.ingress.controller "traefik" }}
[% if outside or exposure.headers or exposure.hidden %]
{{- $prefix := printf "%s-%s" (include "[[ prefix ]].namespace" .root) (include "[[ prefix ]].fullname" .root) }}
{{- $references := list }}
{{- range .middlewares }}
{{- $references = append $references (printf "%s-%s@kubernetescrd" $prefix .) }}
{{- end }}
[% if not outside and not exposure.headers %]
{{- if $references }}
traefik.ingress.kubernetes.io/router.middlewares: {{ join "," $references }}
{{- end }}
[% else %]
traefik.ingress.kubernetes.io/router.middlewares: {{ join "," $references }}
[% endif %]
[% endif %]
[% if path %]
[# Traefik compares the lengths of whole rules, and Path is a shorter word than PathPrefix. #]
traefik.ingress.kubernetes.io/router.priority: [[ '{{ has "hidden" .middlewares | ternary ' ~ (2000 + path | length) ~ " " ~ (1000 + path | length) ~ ' | quote }}' if exposure.hidden else '"' ~ (1000 + path | length) ~ '"' ]]
[% endif %]
{{- if $exposure.tls.enabled }}
traefik.ingress.kubernetes.io/router.entrypoints: websecure
traefik.ingress.kubernetes.io/router.tls: "true"
{{- end }}
{{- end }}
{{- end }}
