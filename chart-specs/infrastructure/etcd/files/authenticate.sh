#!/bin/sh
# Makes the user and turns authentication on, over etcd's HTTP API: its image holds no shell. Names that exist are kept.
set -eu

PASSWORD=$(printf '%s' "$PASSWORD" | sed 's/[\\"]/\\&/g')

# post PATH BODY: the body travels on standard input, so that no password is on a command line.
post() {
  printf '%s' "$2" | curl -sS --max-time 20 --data-binary @- "$ENDPOINT/v3/auth/$1"
}

call() {
  answer=$(post "$1" "$2") || return 1
  case $answer in
    *'already exists'*) ;;
    *'"code"'*)
      echo "$1: $answer" >&2
      return 1
      ;;
  esac
}

# login NAME: 0 when the password of the Secret is right.
login() {
  post authenticate "{\"name\": \"$1\", \"password\": \"$PASSWORD\"}" | grep -q '"token"'
}

# The calls below are refused without a token once authentication is on.
if login "$USERNAME"; then
  echo "authentication is on"
  exit 0
fi

call role/add '{"name": "root"}'
for user in root "$USERNAME"; do
  call user/add "{\"name\": \"$user\", \"password\": \"$PASSWORD\"}"
  call user/changepw "{\"name\": \"$user\", \"password\": \"$PASSWORD\"}"
  call user/grant "{\"user\": \"$user\", \"role\": \"root\"}"
done
call enable '{}'
login "$USERNAME"
echo "turned authentication on"
