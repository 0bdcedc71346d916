[mysqld]
socket = /var/run/mysqld/mysqld.sock
pid_file = /var/run/mysqld/mysqld.pid
tmpdir = /tmp
character_set_server = utf8mb4
# Statements neither read nor write files: no folder for that could be written.
secure_file_priv = NULL
skip_name_resolve = ON
mysqlx = OFF
innodb_buffer_pool_size = {{ .Values.bufferPool }}
max_connections = {{ .Values.maxConnections }}
binlog_expire_logs_seconds = {{ mul 86400 .Values.binlogExpireDays }}
gtid_mode = ON
enforce_gtid_consistency = ON
# Replication starts after start.sh has said from where.
skip_replica_start = ON
{{- with .Values.extraConfig }}
{{- trim . | nindent 0 }}
{{- end }}
