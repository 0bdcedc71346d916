#!/bin/bash
# Makes the data directory at the first start; at every start brings databases, users and passwords into the wanted
# state, before the server takes connections. Each pod does this for itself, so nothing of it goes into the binary log.
set -euo pipefail
umask 077
data=${DATA:-/data}
files=${FILES:-/files}
init=${INIT:-/tmp/init.sql}
ordinal=${POD_NAME##*-}

quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

account() { # ACCOUNT PASSWORD
  echo "CREATE USER IF NOT EXISTS $1 IDENTIFIED BY $(quoted "$2");"
  echo "ALTER USER $1 IDENTIFIED BY $(quoted "$2");"
}

user() { # NAME PASSWORD DATABASE...
  local name
  name="$(quoted "$1")@'%'"
  account "$name" "$2"
  for database in "${@:3}"; do
    echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    echo "GRANT ALL PRIVILEGES ON \`$database\`.* TO $name;"
  done
}

if [ ! -d "$data/mysql" ]; then
  rm -rf "$data/new"
  mysqld --defaults-file="$files/my.cnf" --initialize-insecure --datadir="$data/new"
  mv "$data/new" "$data/mysql"
fi

{
  echo "SET sql_log_bin = 0;"
  account "root@localhost" "$ROOT_PASSWORD"
  # shellcheck disable=SC2086,SC2153 # a word for each database
  user "$APP_USER" "$APP_PASSWORD" $DATABASES
  while read -r variable name databases; do
    [ "$variable" != "#" ] || continue
    # shellcheck disable=SC2086
    user "$name" "${!variable}" $databases
  done <"$files/users"
  account "exporter@127.0.0.1" "$EXPORTER_PASSWORD"
  echo "GRANT PROCESS, REPLICATION CLIENT, SELECT ON *.* TO exporter@127.0.0.1;"
  account "replication@'%'" "$REPLICATION_PASSWORD"
  echo "GRANT REPLICATION SLAVE ON *.* TO replication@'%';"
  if [ "$ordinal" != 0 ]; then
    # By default a replica gives up after ten tries, one a minute.
    echo "CHANGE REPLICATION SOURCE TO SOURCE_CONNECT_RETRY = 5, SOURCE_RETRY_COUNT = 0, SOURCE_HOST = '$SOURCE', SOURCE_USER = 'replication', SOURCE_PASSWORD = $(quoted "$REPLICATION_PASSWORD"), SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1;"
    echo "START REPLICA;"
    echo "SET GLOBAL super_read_only = ON;"
  fi
} >"$init"

exec mysqld --defaults-file="$files/my.cnf" --datadir="$data/mysql" --server-id=$((ordinal + 1)) --report-host="$POD_NAME.$POD_DOMAIN" --init-file="$init"
