#!/bin/sh
# Makes a backup of all databases but MongoDB's own: a folder with the moment as its name, which gets this name when it is
# complete and checked. Users are not in it; the chart makes them anew with the passwords of the Secrets.
set -eu
umask 077
backups=${BACKUPS:-/backups} files=${FILES:-/files} login=${TMPDIR:-/tmp}/login.yaml
name=$(date -u +%Y-%m-%dT%H%M%SZ)
part="$backups/$name.part"

fail() {
  echo "no backup was made: $1" >&2
  exit 1
}
backups_made() { # names of the backups, oldest first
  for sums in "$backups"/*T*Z/SHA256SUMS; do
    [ ! -f "$sums" ] || basename "${sums%/*}"
  done
}
size() { du -sk "$backups/$1" | cut -f1; }

[ -w "$backups" ] || fail "the volume of backups cannot be written to"
exec 9>"$backups/.lock"
flock -n 9 || fail "another backup or a restore is running"
# Nobody else writes now, so these were left by a backup or a deletion that was killed.
rm -rf "$backups"/*.part
trap 'rm -rf "$login" "$part"' EXIT
trap 'kill "$!" 2>/dev/null; exit 143' TERM

member=$(mongosh --quiet --norc --nodb --file "$files/member.js") || fail "$member"
# The password in YAML, where a quote within quotes is written twice.
printf "password: '%s'\n" "$(printf %s "$ROOT_PASSWORD" | sed "s/'/''/g")" >"$login"
mongodump --config "$login" --host "$member" --username root --authenticationDatabase admin \
  --oplog --gzip --out "$part" &
wait "$!" || fail "mongodump ended with $?, see above"
rm -rf "$part/admin" "$part/config"
find "$part" -type f -exec sh -c 'for file; do gzip -t <"$file" || exit 1; done' sh {} + ||
  fail "a file of it is damaged, so the volume of backups may be"

cat >"$part/ABOUT" <<END
Made of $member at $name. The chart's restore.sh puts it back; by hand, within this folder:
sha256sum --check SHA256SUMS
mongorestore --host HOST --username root --gzip --oplogReplay --dir .
END
sums=$(cd "$part" && find . -type f -exec sha256sum {} +)
printf '%s\n' "$sums" >"$part/SHA256SUMS"
sync
mv "$part" "$backups/$name"
new=$(size "$name")
echo "made the backup $name of $member: $new KiB"

backups_made | head -n "-$KEEP" | while read -r old; do
  # An empty database must not push out what was saved before it was emptied.
  if [ "$(size "$old")" -gt $((2 * new + 1024)) ]; then
    echo "kept the backup $old beyond $KEEP, since it is more than twice as large: delete it once you know that no data was lost"
  else
    mv "$backups/$old" "$backups/$old.part"
    rm -rf "$backups/$old.part"
    echo "deleted the backup $old"
  fi
done
