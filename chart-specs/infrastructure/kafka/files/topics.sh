#!/bin/bash
# Makes the topics, and adds partitions to those that have fewer than wanted.
set -euo pipefail
ask=${FILES:-/files}/ask.sh
for topic in $TOPICS; do
  bash "$ask" --create --if-not-exists --topic "$topic" --partitions "$PARTITIONS" --replication-factor "$REPLICATION_FACTOR"
done
bash "$ask" --describe | awk '{ for (i = 1; i < NF; i++) { if ($i == "Topic:") name = $(i + 1); if ($i == "PartitionCount:") print name, $(i + 1) } }' |
  while read -r topic count; do
    case " $TOPICS " in
      *" $topic "*) [ "$count" -ge "$PARTITIONS" ] || bash "$ask" --alter --topic "$topic" --partitions "$PARTITIONS" </dev/null ;;
    esac
  done
