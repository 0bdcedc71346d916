#!/bin/bash
# ready.sh tcp HOST PORT
# ready.sh http HOST PORT PATH
# Asks the service that systemd starts each second until it answers, and fails when its process has
# ended. systemd ends both when TimeoutStartSec is over.
set -u
kind=$1 host=$2 port=$3 path=${4:-/}

answers() (
  exec 3<>"/dev/tcp/$host/$port" || exit
  [ "$kind" = http ] || exit 0
  printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$path" "$host:$port" >&3
  IFS= read -r -t 5 status <&3
  case ${status:-} in 'HTTP/1.'[01]' '[23]*) exit 0 ;; esac
  exit 1
)

until answers 2>/dev/null; do
  sleep 1
  kill -0 "$MAINPID" 2>/dev/null || break
done
if ! kill -0 "$MAINPID" 2>/dev/null; then
  echo "it has ended before it answered on port $port" >&2
  exit 1
fi
