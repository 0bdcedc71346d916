#!/bin/sh
# alive: the server answers, be it that it still loads its data. ready: it serves; in a cluster, all slots are served,
# and a replica has the data of its master, so that a rollout does not go on to the master before.
cli() { # A server that stands still must not leave clients behind that wait for ever.
  timeout 4 redis-cli -h "$POD_IP" "$@"
}
answer=$(cli ping 2>&1)
case "$1 $answer" in
  *PONG*) ;;
  alive*LOADING* | alive*MASTERDOWN* | alive*BUSY*) exit 0 ;;
  *)
    echo "$answer"
    exit 1
    ;;
esac
[ "$1 $MODE" = "ready cluster" ] || exit 0
cli cluster info | grep cluster_state:ok || exit 1
! cli info replication | grep master_link_status:down
