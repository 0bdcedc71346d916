[% set server = 'job=~"openimserver-.+",$scope' %]
{{/* The dashboards: name -> title and panels. $scope stands for the chosen namespace, <label> in a legend for a label. */}}
{{- define "grafana.dashboards" -}}
overview:
  title: OpenIM overview
  panels:
    - {title: Pods up, type: stat, width: 4, queries: {up: 'sum(up{[[ server ]]})'}}
    - {title: Pods down, type: stat, width: 4, queries: {down: 'count(up{$scope} == 0) or vector(0)'}}
    - {title: Users online, type: stat, width: 4, queries: {users: 'sum(online_user_num{$scope})'}}
    - {title: Messages a second, type: stat, width: 4, queries: {messages: 'sum(rate(msg_insert_redis_success_total{$scope}[5m]))'}}
    - {title: Alerts, type: stat, width: 4, queries: {alerts: 'count(ALERTS{alertstate="firing",$scope}) or vector(0)'}}
    - {title: Messages that could not be stored, type: stat, width: 4, queries: {failed: 'sum(increase(msg_insert_mongo_failed_total{$scope}[1h])) + sum(increase(msg_insert_redis_failed_total{$scope}[1h]))'}}
    - {title: Users online, queries: {<pod>: 'online_user_num{$scope}'}}
    - {title: Log-ins and registrations, unit: ops, queries: {log-ins: 'sum(rate(user_login_total{$scope}[5m]))', registrations: 'sum(rate(user_register_total{$scope}[5m]))'}}
    - {title: Messages, unit: ops, queries: {single chats: 'sum(rate(single_chat_msg_process_success_total{$scope}[5m]))', groups: 'sum(rate(group_chat_msg_process_success_total{$scope}[5m]))'}}
    - {title: API requests, unit: reqps, queries: {'<status>': 'sum by (status) (rate(http_count{$scope}[5m]))'}}
    - {title: Waiting in Kafka, queries: {<consumergroup>: 'sum by (consumergroup) (max by (consumergroup, topic, partition) (kafka_consumergroup_lag{$scope}))'}}
    - {title: Log lines with errors, source: loki, unit: short, queries: {<app>: 'sum by (app) (count_over_time({namespace="$namespace",level=~"ERROR|FATAL|PANIC"}[5m]))'}}
modules:
  title: OpenIM modules
  variables:
    - {name: job, label: Module, query: 'label_values(up{[[ server ]]}, job)'}
  panels:
    - {title: Up, type: state-timeline, width: 24, queries: {<pod>: 'up{job=~"$job",$scope}'}}
    - {title: Calls, unit: reqps, queries: {<job>: 'sum by (job) (rate(rpc_count{job=~"$job",$scope}[5m]))'}}
    - {title: Calls by result, unit: reqps, queries: {<name> <code>: 'sum by (name, code) (rate(rpc_count{job=~"$job",$scope,code!="0"}[5m]))'}}
    - {title: Most called, unit: reqps, queries: {<path>: 'topk(10, sum by (path) (rate(rpc_count{job=~"$job",$scope}[5m])))'}}
    - {title: CPU, unit: short, queries: {<pod>: 'rate(process_cpu_seconds_total{job=~"$job",$scope}[5m])'}}
    - {title: Memory, unit: bytes, queries: {<pod>: 'process_resident_memory_bytes{job=~"$job",$scope}'}}
    - {title: Goroutines, queries: {<pod>: 'go_goroutines{job=~"$job",$scope}'}}
    - {title: Open files, queries: {<pod>: 'process_open_fds{job=~"$job",$scope}'}}
    - {title: Garbage collection, unit: s, queries: {<pod>: 'rate(go_gc_duration_seconds_sum{job=~"$job",$scope}[5m])'}}
    - {title: Restarts, queries: {<pod>: 'changes(process_start_time_seconds{job=~"$job",$scope}[1h])'}}
messages:
  title: OpenIM message path
  panels:
    - {title: 1. Send, type: row}
    - {title: Accepted, unit: ops, width: 12, queries: {single chats: 'sum(rate(single_chat_msg_process_success_total{$scope}[5m]))', groups: 'sum(rate(group_chat_msg_process_success_total{$scope}[5m]))'}}
    - {title: Refused, unit: ops, width: 12, queries: {single chats: 'sum(rate(single_chat_msg_process_failed_total{$scope}[5m]))', groups: 'sum(rate(group_chat_msg_process_failed_total{$scope}[5m]))'}}
    - {title: 2. Transfer, type: row}
    - {title: Waiting in Kafka, queries: {<consumergroup> <topic>: 'sum by (consumergroup, topic) (max by (consumergroup, topic, partition) (kafka_consumergroup_lag{$scope}))'}}
    - {title: Stored, unit: ops, queries: {Redis: 'sum(rate(msg_insert_redis_success_total{$scope}[5m]))', MongoDB: 'sum(rate(msg_insert_mongo_success_total{$scope}[5m]))'}}
    - {title: Not stored, unit: ops, queries: {Redis: 'sum(rate(msg_insert_redis_failed_total{$scope}[5m]))', MongoDB: 'sum(rate(msg_insert_mongo_failed_total{$scope}[5m]))', sequences: 'sum(rate(seq_set_failed_total{$scope}[5m]))'}}
    - {title: 3. Push, type: row}
    - {title: Users online, queries: {<pod>: 'online_user_num{$scope}'}}
    - {title: Slower than ten seconds, unit: ops, queries: {messages: 'sum(rate(msg_long_time_push_total{$scope}[5m]))'}}
    - {title: Failed pushes to phones, unit: ops, queries: {messages: 'sum(rate(msg_offline_push_failed_total{$scope}[5m]))'}}
logs:
  title: OpenIM logs and metrics
  variables:
    # From Loki: chat's modules, the fronts and openim-crontask have logs and no metrics.
    - {name: app, label: Module, source: loki, query: 'label_values({$scope,app=~"openim-.+"}, app)'}
  inputs:
    - {name: search, label: Search}
  panels:
    - {title: Lines, source: loki, width: 12, queries: {<app>: 'sum by (app) (count_over_time({namespace="$namespace",app=~"$app"}[1m]))'}}
    - {title: Lines by level, source: loki, width: 12, queries: {<level>: 'sum by (level) (count_over_time({namespace="$namespace",app=~"$app",level!=""}[1m]))'}}
    - {title: Failed calls, unit: reqps, width: 12, queries: {<name> <code>: 'sum by (name, code) (rate(rpc_count{$scope,code!="0"}[5m]))'}}
    - {title: CPU, width: 12, queries: {<pod>: 'rate(process_cpu_seconds_total{[[ server ]]}[5m])'}}
    - {title: Log, type: logs, source: loki, width: 24, queries: {log: '{namespace="$namespace",app=~"$app"} |= "$search"'}}
middleware:
  title: OpenIM middleware
  panels:
    - {title: Redis, type: row}
    - {title: Memory, unit: bytes, queries: {<pod>: 'redis_memory_used_bytes{$scope}', limit: 'max(redis_memory_max_bytes{$scope} > 0)'}}
    - {title: Commands, unit: ops, queries: {<pod>: 'rate(redis_commands_processed_total{$scope}[5m])'}}
    - {title: Clients, queries: {<pod>: 'redis_connected_clients{$scope}'}}
    - {title: MongoDB, type: row}
    - {title: Operations, unit: ops, queries: {<legacy_op_type>: 'sum by (legacy_op_type) (rate(mongodb_ss_opcounters{$scope}[5m]))'}}
    - {title: Connections, queries: {<pod>: 'sum by (pod) (mongodb_ss_connections{$scope,conn_type="current"})'}}
    - {title: Memory, unit: decmbytes, queries: {<pod>: 'mongodb_ss_mem_resident{$scope}'}}
    - {title: Kafka, type: row}
    - {title: Messages in, unit: ops, queries: {<topic>: 'sum by (topic) (max by (topic, partition) (rate(kafka_topic_partition_current_offset{$scope,topic!~"__.+"}[5m])))'}}
    - {title: Waiting, queries: {<consumergroup>: 'sum by (consumergroup) (max by (consumergroup, topic, partition) (kafka_consumergroup_lag{$scope}))'}}
    - {title: Partitions with too few replicas, queries: {partitions: 'sum(max by (topic, partition) (kafka_topic_partition_under_replicated_partition{$scope}))'}}
    - {title: etcd, type: row}
    - {title: Size of the database, unit: bytes, queries: {<pod>: 'etcd_mvcc_db_total_size_in_bytes{$scope}'}}
    - {title: Time to write to disk, unit: s, queries: {<pod>: 'histogram_quantile(0.99, sum by (pod, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket{$scope}[5m])))'}}
    - {title: Keys, queries: {<pod>: 'etcd_debugging_mvcc_keys_total{$scope}'}}
    - {title: Files and volumes, type: row}
    - {title: Free space for files, unit: bytes, queries: {free: 'min(SeaweedFS_volumeServer_resource{$scope,type="free"}) or min(minio_cluster_capacity_usable_free_bytes{$scope})'}}
    - {title: Requests for files, unit: reqps, queries: {<type>: 'sum by (type) (rate(SeaweedFS_s3_request_total{$scope}[5m]))', <api>: 'sum by (api) (rate(minio_s3_requests_total{$scope}[5m]))'}}
    - {title: Free space of volumes, unit: percentunit, queries: {<persistentvolumeclaim>: 'kubelet_volume_stats_available_bytes{$scope} / kubelet_volume_stats_capacity_bytes{$scope}'}}
{{- end }}
