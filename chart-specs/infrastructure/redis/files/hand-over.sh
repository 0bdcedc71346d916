#!/bin/sh
# Before a master stops, one of its replicas takes over, so that clients need not wait for the node timeout. Only one
# that has the data: a server agrees to a replica that never reached it, as long as both count no writes.
[ "$MODE" = cluster ] || exit 0
cli() { # A node that does not answer must not use up the time that the server has to end.
  timeout 3 redis-cli -h "$@" 2>/dev/null | tr -d '\r'
}
follows() { # ADDRESS: the replica there is linked to this master
  replication=$(cli "$1" info replication)
  echo "$replication" | grep -qxF "master_host:$POD_IP" && echo "$replication" | grep -qx master_link_status:up
}
id=$(cli "$POD_IP" cluster myid)
for replica in $(cli "$POD_IP" cluster nodes | awk -v id="$id" '$4 == id && $8 == "connected" && $3 !~ /fail/ { sub(/:[0-9]+@.*/, "", $2); print $2 }'); do
  follows "$replica" || continue
  [ "$(cli "$replica" cluster failover)" = OK ] || continue
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    cli "$POD_IP" role | grep -q '^slave' && exit 0
    sleep 1
  done
done
