{{- $config := dict
  "net" (dict "port" 27017 "bindIpAll" true)
  "storage" (dict "dbPath" "/var/lib/mongodb/db" "wiredTiger" (dict "engineConfig" (dict "cacheSizeGB" .Values.cacheSizeGB)))
  "replication" (dict "replSetName" .Values.replicaSet)
  "security" (dict "authorization" "enabled" "keyFile" "/tmp/replica-set.key") }}
{{- mergeOverwrite $config (deepCopy .Values.extraConfig) | toYaml | nindent 0 }}
