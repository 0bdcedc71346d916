#!/bin/bash
# Fails when the process has to start anew to be found, or to find others: etcd answers, and has lost the key that the
# module registered, or all of its data. A module registers once, at its start, with a lease of 30 seconds, and does
# not do so again when etcd was away for longer; and it does not look again at an etcd that has started from nothing.
# Whatever else is wrong, an etcd that is away or answers an error among it, is no reason to restart a pod.
#
# The shell itself speaks to etcd's HTTP API, so that no credential is on a command line.
LC_ALL=C # the length of a text is that of its bytes
STATE=${STATE:-/run/registration}
PROCESS=${PROCESS:-1}
addresses='' prefix='' name='' host='' port='' user='' password=''
# shellcheck source=/dev/null # the chart writes it beside this file
source "${0%/*}/registration.env"
token='' answer=''
end=$((SECONDS + 10)) # well before the probe's own limit, whose end would count as a failure

# talk ADDRESS PATH BODY: prints the whole answer of one member.
talk() {
  local host=${1%:*} whole
  host=${host#'['}
  exec 3<>"/dev/tcp/${host%']'}/${1##*:}" || return 1
  printf 'POST /v3/%s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n' \
    "$2" "$1" ${#3} >&3
  if [ -n "$token" ]; then printf 'Authorization: %s\r\n' "$token" >&3; fi
  printf '\r\n%s' "$3" >&3
  IFS= read -r -d '' whole <&3
  printf %s "$whole"
}

# ask PATH BODY: puts into $answer what the first member says that has no error to tell.
ask() {
  local address
  for address in $addresses; do
    [ $SECONDS -lt $end ] || return 1
    exec 4< <(talk "$address" "$@" 2>/dev/null)
    IFS= read -r -d '' -t 3 answer <&4
    kill $! 2>/dev/null
    exec 4<&-
    case $answer in 'HTTP/1.'?' 200 '*) return ;; esac
  done
  return 1
}

login() {
  local escaped=${password//\\/\\\\}
  token=''
  ask auth/authenticate "{\"name\": \"$user\", \"password\": \"${escaped//\"/\\\"}\"}" || return 1
  token=${answer##*'"token":"'}
  token=${token%%'"'*}
  # A login costs etcd much more than a question does.
  (umask 077 && printf %s "$token" >"$STATE/token")
}

# question BODY: asks for keys, after a login where none without is allowed.
question() {
  ask kv/range "$1" || { [ -n "$user" ] && login && ask kv/range "$1"; }
}

encoded() {
  local text
  text=$(printf %s "$1" | base64)
  printf %s "${text//$'\n'/}"
}

# started: when the process began, which tells it from the one before it in this pod.
started() {
  local stat
  read -r stat <"/proc/$PROCESS/stat" || return 1
  # The name of the program, in brackets, may hold blanks.
  # shellcheck disable=SC2086 # words are what is wanted
  set -- ${stat##*')'}
  printf %s "${20}"
}

# remember REVISION [KEY]
remember() {
  printf '%s\n' "$self" "$1" "${2:-}" >"$STATE/seen"
}

command -v base64 >/dev/null && begun=$(started) || exit 0
self="$begun $addresses $prefix $name $host $port"
before=''
seen=''
revision=0
if [ -r "$STATE/seen" ]; then { IFS= read -r before; read -r revision; read -r seen; } <"$STATE/seen"; fi
case $before in
  "$self") ;;
  # The files have changed under the process, whose pod will be replaced.
  "$begun "*) exit 0 ;;
  *) revision=0 seen='' ;;
esac
if [ -r "$STATE/token" ]; then read -r token <"$STATE/token"; fi

prefix=$prefix${name:+$name/}
only=count
if [ -n "$name" ]; then only=keys; fi
range="\"key\": \"$(encoded "$prefix")\", \"range_end\": \"$(encoded "${prefix%/}0")\""
question "{$range, \"${only}_only\": true}" || exit 0
now=${answer##*'"revision":"'}
now=${now%%'"'*}
case $now in '' | *[!0-9]*) exit 0 ;; esac
if [ "$revision" = lost ] || [ "$now" -lt "$revision" ]; then
  remember lost "$seen"
  echo "etcd has lost its data: its revision went back"
  exit 1
fi
for ip in ${name:+${host:-${POD_IPS//,/ }}}; do
  case $ip in *:*) ip="[$ip]" ;; esac
  key=$prefix$ip:$port
  case $answer in
    *"\"$(encoded "$key")\""*)
      remember "$now" "$key"
      exit 0
      ;;
  esac
done
if [ -n "$seen" ]; then
  echo "etcd answers, and has no key $seen any more"
  exit 1
fi
remember "$now"
# One whose key was lost before it was ever seen is told by its age, and by nobody else's key either.
read -r uptime _ </proc/uptime
case $name:$answer in
  :* | *'"kvs"'*) ;;
  *)
    if [ $((${uptime%.*} - begun / 100)) -gt 600 ]; then
      echo "etcd answers, and has no key below $prefix 10 minutes after the start"
      exit 1
    fi
    ;;
esac
