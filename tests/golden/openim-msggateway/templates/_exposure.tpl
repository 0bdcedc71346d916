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
