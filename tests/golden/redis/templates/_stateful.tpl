{{/* Name of the Service that gives every pod a name of its own. */}}
{{- define "redis.headlessName" -}}
{{- printf "%s-headless" (include "redis.fullname" . | trunc 54 | trimSuffix "-") }}
{{- end }}

{{/* DNS domain of the pods: a pod is <its name>.<this>, whatever its address is. */}}
{{- define "redis.podDomain" -}}
{{- printf "%s.%s.svc.%s" (include "redis.headlessName" .) (include "redis.namespace" .) (default .Values.global.clusterDomain .Values.clusterDomain) }}
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
{{- if .Values.persistence.dataSource.name }}
{{- if not (include "redis.claims" .) }}
{{- fail "persistence.dataSource fills a new claim, and there is none where persistence.enabled is false or persistence.existingClaim names one: leave persistence.dataSource.name empty" }}
{{- else if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "persistence.dataSource would fill the volumes of all %d pods with the same data: leave it empty, and make the claims data-%s-0, data-%s-1 and so on before the installation, each with the data of its pod" (int .Values.replicaCount) (include "redis.fullname" .) (include "redis.fullname" .)) }}
{{- end }}
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
