#!/bin/bash
# Kafka's program for topics, which asks the node BOOTSTRAP and logs in where nodes demand it.
set -euo pipefail
umask 077
files=${FILES:-/files}
client=${CLIENT:-/tmp/client.properties}
export LOG_DIR=/tmp KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$files/log4j2.yaml -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
{
  if [ -n "${SASL_USERNAME:-}" ]; then
    echo "security.protocol=SASL_PLAINTEXT"
    echo "sasl.mechanism=PLAIN"
    echo "sasl.jaas.config=$(bash "$files/login.sh")"
  fi
} >"$client"
exec "${KAFKA_BIN:-/opt/kafka/bin}/kafka-topics.sh" --bootstrap-server "$BOOTSTRAP" --command-config "$client" "$@"
