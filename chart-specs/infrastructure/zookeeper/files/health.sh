#!/bin/bash
# The server serves: alone, or in an ensemble with a majority. Its port is open without that too.
set -euo pipefail
exec 3<>"/dev/tcp/$POD_IP/2181"
echo srvr >&3
# A server that was asked while it started may never answer.
while read -r -t 3 -u 3 line; do
  case $line in Mode:*) echo "$line" && exit ;; esac
done
exit 1
