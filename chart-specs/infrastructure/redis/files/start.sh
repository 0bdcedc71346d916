#!/bin/sh
# Starts the server. The password goes into a file that only the server can read, never onto a command line.
set -eu
umask 077
data=${DATA:-/data}
run=${RUN:-/tmp}
# INFO names this file, so that the folder tells the other pods where this one runs: join.sh reads it.
[ "$MODE" != cluster ] || run=$run/place/${POD_ZONE:--}/$POD_NODE
mkdir -p "$run"
config=$run/redis.conf

if [ "$MODE" = cluster ] && [ -d "$data/appendonlydir" ] && [ ! -f "$data/nodes.conf" ]; then
  echo "the volume holds the data of a standalone server, which cannot become a cluster" >&2
  exit 1
fi

cp "${FILES:-/files}/redis.conf" "$config"
password=$(printf '%s' "$REDISCLI_AUTH" | sed 's/[\\"]/\\&/g')
cat >>"$config" <<END
requirepass "$password"
masterauth "$password"
END
if [ "$MODE" = cluster ]; then
  cat >>"$config" <<END
cluster-announce-ip $POD_IP
cluster-announce-hostname $POD_NAME.$POD_DOMAIN
END
  # By now another pod may have the address that this replica's master had: the server would drop its copy and take
  # that pod's data. Without an address it follows nobody until a node there has proved to be its master.
  if [ -f "$data/nodes.conf" ]; then
    awk '
      NR == FNR { if ($3 ~ /myself/) master = $4; next }
      $1 == master { sub(/^[^@]*@[0-9]+/, ":0@0", $2); if ($3 !~ /noaddr/) $3 = $3 ",noaddr" }
      { print }' "$data/nodes.conf" "$data/nodes.conf" >"$data/nodes.conf.new"
    mv "$data/nodes.conf.new" "$data/nodes.conf"
  fi
fi

server=$(command -v valkey-server || command -v redis-server)
exec "$server" "$config"
