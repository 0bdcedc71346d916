#!/bin/sh
# Starts the server. The key goes into a file that only the server can read, as it demands.
set -eu
umask 077
# While this waits it is the container's first process, which ends only on signals that it handles.
trap 'exit 143' TERM
printf '%s\n' "$REPLICA_SET_KEY" >"${KEY:-/tmp/replica-set.key}"
unset REPLICA_SET_KEY
mkdir -p "${DATA:-/var/lib/mongodb}/db"

# A member that cannot find itself in the set's configuration by name leaves the set, a single one for ever.
until getent hosts "$POD_NAME.$POD_DOMAIN" | grep -qF "$POD_IP "; do
  echo "waiting until $POD_NAME.$POD_DOMAIN is $POD_IP"
  sleep 1
done
# bindIpAll alone is IPv4, but in a cluster whose first address family is IPv6 others come by that.
case $POD_IP in
  *:*) set -- --ipv6 ;;
esac
exec mongod --config "${FILES:-/files}/mongod.conf" "$@"
