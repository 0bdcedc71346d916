#!/bin/bash
# A node is ready while it takes connections, once it was in step: with two nodes behind nobody could write, so a
# rollout must not go on before. Copies whose leader is away do not count, for there is nobody to follow.
set -euo pipefail
node=${NODE_ADDRESS:-localhost}
mark=${IN_STEP:-/tmp/in-step}
exec 3<>"/dev/tcp/$node/9092"
[ ! -e "$mark" ] || exit 0
export BOOTSTRAP=$node:9092 KAFKA_HEAP_OPTS=-Xmx128m
behind=$(bash "${FILES:-/files}/ask.sh" --describe --under-replicated-partitions |
  awk -F '\t' -v id="${POD_NAME##*-}" '
    function has(ids) { sub(/^[^:]*: */, "", ids); return index("," ids ",", "," id ",") }
    { copies = inStep = leader = ""
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^Leader: [0-9]/) leader = $i
        if ($i ~ /^Replicas:/) copies = $i
        if ($i ~ /^Isr:/) inStep = $i
      }
      if (leader && has(copies) && !has(inStep)) behind++ }
    END { print behind + 0 }')
if [ "$behind" != 0 ]; then
  echo "behind in $behind partitions"
  exit 1
fi
touch "$mark"
