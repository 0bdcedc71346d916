#!/bin/sh
# Makes the bucket, which belongs to the modules' identity. The pod is not ready before this has ended.
set -eu

ask() {
  echo "$1" | timeout 20 weed shell -master=127.0.0.1:9333 -filer=127.0.0.1:8888 2>&1
}
exists() {
  ask s3.bucket.list | awk -v name="$BUCKET" '$1 == name { found = 1 } END { exit !found }'
}
# Ends before a pod that never starts would be taken for one that starts slowly.
tries=0
until exists; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo "the bucket $BUCKET cannot be made" >&2
    exit 1
  fi
  ask "s3.bucket.create -name $BUCKET -owner openim" || true
  sleep 1
done
