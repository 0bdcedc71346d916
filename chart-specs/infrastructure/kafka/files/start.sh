#!/bin/bash
# Formats the volume at the first start, then runs the node. The password goes into a file that only this user can read.
set -euo pipefail
umask 077
bin=${KAFKA_BIN:-/opt/kafka/bin}
files=${FILES:-/files}
data=${DATA:-/data}
config=${CONFIG:-/tmp/server.properties}

{
  cat "$files/server.properties"
  # A subfolder, since Kafka takes every folder in it, such as lost+found, for a partition.
  echo "log.dirs=$data/logs"
  echo "node.id=${POD_NAME##*-}"
  echo "advertised.listeners=CLIENT://$POD_NAME.$POD_DOMAIN:9092"
  if [ -n "${SASL_USERNAME:-}" ]; then
    login=$(bash "$files/login.sh")
    echo "listener.name.client.plain.sasl.jaas.config=$login"
    echo "listener.name.controller.plain.sasl.jaas.config=$login"
  fi
} >"$config"
# It may have been away for long since it was in step.
rm -f "${IN_STEP:-/tmp/in-step}"

export LOG_DIR=/tmp KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$files/log4j2.yaml"
# Without this the start script writes a log of garbage collections.
export EXTRA_ARGS="-name kafka"
# 16 bytes in base64 end with A, Q, g or w.
"$bin/kafka-storage.sh" format --ignore-formatted --cluster-id "${CLUSTER_ID}A" --config "$config"
exec "$bin/kafka-server-start.sh" "$config"
