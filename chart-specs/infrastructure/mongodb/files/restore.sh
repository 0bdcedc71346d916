#!/bin/sh
# Puts a backup back: the newest, or the one that BACKUP names. Databases that have data are deleted before only when
# OVERWRITE is yes.
set -eu
umask 077
backups=${BACKUPS:-/backups} files=${FILES:-/files} login=${TMPDIR:-/tmp}/login.yaml

fail() {
  echo "nothing was restored: $1" >&2
  exit 1
}
exec 9>"$backups/.lock" || fail "the volume of backups cannot be written to"
flock -n 9 || fail "a backup or another restore is running"

there=""
for sums in "$backups"/*T*Z/SHA256SUMS; do
  [ ! -f "$sums" ] || there="$there $(basename "${sums%/*}")"
done
[ -n "$there" ] || fail "there is no complete backup on the volume"
backup=${BACKUP:-newest}
[ "$backup" != newest ] || backup=${there##* }
case "$there " in
  *" $backup "*) ;;
  *) fail "there is no backup $backup, but these:$there" ;;
esac
(cd "$backups/$backup" && sha256sum --quiet --check SHA256SUMS) || fail "the backup $backup is damaged, see above"

answer=$(mongosh --quiet --norc --nodb --file "$files/make-room.js") || fail "$answer"
[ -z "$answer" ] || echo "$answer"
trap 'rm -f "$login"' EXIT
printf "password: '%s'\n" "$(printf %s "$ROOT_PASSWORD" | sed "s/'/''/g")" >"$login"
mongorestore --config "$login" --host "$REPLICA_SET/$MEMBERS" --username root --authenticationDatabase admin \
  --stopOnError --oplogReplay --gzip --dir "$backups/$backup" || {
  echo "the backup $backup is restored in part only, see above: repeat with OVERWRITE=yes" >&2
  exit 1
}
answer=$(mongosh --quiet --norc --nodb --file "$files/skip.js") || {
  echo "the backup $backup is restored, but $answer" >&2
  exit 1
}
echo "$answer"
echo "restored the backup $backup"
