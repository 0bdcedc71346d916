{{/* Addresses of etcd, a JSON list of host:port. */}}
{{- define "openim-rpc-group.etcd.addresses" -}}
{{- if eq .Values.global.etcd.mode "external" }}
{{- toJson .Values.global.etcd.addresses }}
{{- else if eq .Values.global.etcd.mode "kubeblocks" }}
{{- list (printf "%s-etcd-headless:2379" (include "openim-rpc-group.peer" (list . "etcd"))) | toJson }}
{{- else }}
{{- list (printf "%s:2379" (include "openim-rpc-group.peer" (list . "etcd"))) | toJson }}
{{- end }}
{{- end }}

{{/* Addresses of MongoDB, a JSON list of host:port. */}}
{{- define "openim-rpc-group.mongodb.addresses" -}}
{{- if eq .Values.global.mongodb.mode "external" }}
{{- toJson .Values.global.mongodb.addresses }}
{{- else if eq .Values.global.mongodb.mode "kubeblocks" }}
{{- list (printf "%s-mongodb-mongodb:27017" (include "openim-rpc-group.peer" (list . "mongodb"))) | toJson }}
{{- else }}
{{- list (printf "%s:27017" (include "openim-rpc-group.peer" (list . "mongodb"))) | toJson }}
{{- end }}
{{- end }}

{{/* Addresses of Redis, a JSON list of host:port. */}}
{{- define "openim-rpc-group.redis.addresses" -}}
{{- if eq .Values.global.redis.mode "external" }}
{{- toJson .Values.global.redis.addresses }}
{{- else if eq .Values.global.redis.mode "kubeblocks" }}
{{- list (printf "%s-redis-redis:6379" (include "openim-rpc-group.peer" (list . "redis"))) | toJson }}
{{- else }}
{{- list (printf "%s:6379" (include "openim-rpc-group.peer" (list . "redis"))) | toJson }}
{{- end }}
{{- end }}
