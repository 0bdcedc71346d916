#!/bin/sh
# Runs setup.js until all is as it should be. Then it waits without the shell's memory, for a container that ends would
# be started again. A shell that has waited for five minutes is replaced: it keeps some memory of each connection.
# The first process of a container ends only on signals that it handles.
trap 'kill "$!"; exit 0' TERM
status=75
while [ "$status" = 75 ]; do
  mongosh --quiet --norc --nodb --file "${FILES:-/files}/setup.js" &
  wait "$!" && status=0 || status=$?
done
[ "$status" = 0 ] || exit "$status"
sleep infinity &
wait "$!"
