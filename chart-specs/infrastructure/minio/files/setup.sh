#!/bin/sh
# Makes the bucket, and a user who may use it and nothing else. Passwords reach mc by its environment or input.
set -eu

# The image of mc has no grep, sed or awk.
login() {
  printf '%s\n%s\n' "$ROOT_USER" "$ROOT_PASSWORD" | mc alias set minio "http://$ENDPOINT"
}
# A password that is wrong never becomes right: the Job must be seen to fail.
tries=0
until login; do
  tries=$((tries + 1))
  if [ "$tries" -gt 90 ]; then
    echo "gave up" >&2
    exit 1
  fi
  echo "waiting for $ENDPOINT"
  sleep 2
done
mc mb --ignore-existing "minio/$BUCKET"
mc admin policy create minio openim "${FILES:-/files}/policy.json"
printf '%s\n%s\n' "$ACCESS_KEY" "$SECRET_KEY" | mc admin user add minio
# mc fails when the user has the policy already.
if ! mc admin policy attach minio openim --user "$ACCESS_KEY"; then
  case $(mc admin user info minio "$ACCESS_KEY") in
    *openim*) ;;
    *) exit 1 ;;
  esac
fi
