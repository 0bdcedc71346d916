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
