process.roles=broker,controller
controller.quorum.voters={{ include "kafka.voters" . }}
controller.listener.names=CONTROLLER
listeners=CLIENT://:9092,CONTROLLER://:9093
inter.broker.listener.name=CLIENT
{{- if include "kafka.authenticated" . }}
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
{{- else }}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
{{- end }}
num.partitions={{ .Values.topics.partitions }}
{{- $copies := int (include "kafka.replicationFactor" .) }}
default.replication.factor={{ $copies }}
offsets.topic.replication.factor={{ $copies }}
transaction.state.log.replication.factor={{ $copies }}
min.insync.replicas={{ ternary 2 1 (gt $copies 2) }}
transaction.state.log.min.isr={{ ternary 2 1 (gt $copies 2) }}
group.initial.rebalance.delay.ms=0
log.retention.hours={{ .Values.retentionHours }}
{{- with include "kafka.retentionBytes" . }}
log.retention.bytes={{ . }}
# What is still written to is never deleted, so it must be a small part of that.
log.segment.bytes={{ max 4194304 (min 1073741824 (div . 4)) }}
{{- end }}
{{- range $key, $value := .Values.extraConfig }}
{{ $key }}={{ $value }}
{{- end }}
