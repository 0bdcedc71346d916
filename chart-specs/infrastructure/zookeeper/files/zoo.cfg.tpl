tickTime=2000
initLimit=10
syncLimit=5
clientPort=2181
admin.enableServer=false
4lw.commands.whitelist=srvr,ruok,mntr
autopurge.snapRetainCount=3
autopurge.purgeInterval=24
quorumListenOnAllIPs=true
metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider
metricsProvider.httpPort=7000
{{- if gt (int .Values.replicaCount) 1 }}
{{- range $i := until (int .Values.replicaCount) }}
server.{{ add1 $i }}={{ include "zookeeper.fullname" $ }}-{{ $i }}.{{ include "zookeeper.podDomain" $ }}:2888:3888
{{- end }}
{{- end }}
{{- range $key, $value := .Values.extraConfig }}
{{ $key }}={{ $value }}
{{- end }}
