#!/bin/sh
# Creates Secrets that are not there yet: "create NAME" sends /tmp/secret.json to the API server.
token=/var/run/secrets/kubernetes.io/serviceaccount
url=https://kubernetes.default.svc/api/v1/namespaces/$NAMESPACE/secrets

random() {
  head -c 4096 /dev/urandom | tr -dc A-Za-z0-9 | head -c "$1"
}

# A Secret that exists is kept: the API server answers 409.
create() {
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$(cat $token/token)" |
    curl -sS --max-time 30 -o /dev/null -w '%{http_code}' -K - --cacert $token/ca.crt \
      -H 'Content-Type: application/json' --data-binary @/tmp/secret.json "$url")
  case $status in
    201) echo "made the Secret $1" ;;
    409) echo "kept the Secret $1" ;;
    *) echo "cannot make the Secret $1: HTTP $status" >&2; exit 1 ;;
  esac
}
