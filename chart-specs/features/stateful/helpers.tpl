{{/* Name of the Service that gives every pod a name of its own. */}}
{{- define "[[ prefix ]].headlessName" -}}
{{- printf "%s-headless" (include "[[ prefix ]].fullname" . | trunc 54 | trimSuffix "-") }}
{{- end }}

{{/* DNS domain of the pods: a pod is <its name>.<this>, whatever its address is. */}}
{{- define "[[ prefix ]].podDomain" -}}
{{- printf "%s.%s.svc.%s" (include "[[ prefix ]].headlessName" .) (include "[[ prefix ]].namespace" .) (default .Values.global.clusterDomain .Values.clusterDomain) }}
{{- end }}

{{/* Refuses what the API server, or the program behind it, would refuse later and less clearly. */}}
{{- define "[[ prefix ]].checkStatefulSet" -}}
{{- $name := include "[[ prefix ]].fullname" . }}
{{- if gt (len $name) 52 }}
{{- fail (printf "the name %s is longer than the 52 characters that a StatefulSet may have: set fullnameOverride, or give the release a shorter name" $name) }}
{{- end }}
{{- with lookup "apps/v1" "StatefulSet" (include "[[ prefix ]].namespace" .) $name }}
[% set resize = options.get("resize", "any") %]
[% if resize != "any" %]
{{- if [[ "lt" if resize == "up" else "ne" ]] (int $.Values.replicaCount) (int .spec.replicas) }}
{{- fail (printf "replicaCount cannot [[ "shrink" if resize == "up" else "change" ]] from %d to %d: [[ options.resizeNote ]]" (int .spec.replicas) (int $.Values.replicaCount)) }}
{{- end }}
[% endif %]
[[ hook("stateful.upgradeChecks") ]]
{{- end }}
[[ hook("stateful.checks") ]]
{{- end }}
