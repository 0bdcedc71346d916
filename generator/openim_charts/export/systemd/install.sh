#!/bin/sh
# Installs the units of this folder, their configuration and their secrets on this host. Run it as
# root, again after each export and after changes in /etc: it restarts what runs and has changed.
# With DESTDIR everything is written below that folder, and nothing is asked of systemd.
set -eu
umask 022
cd "$(dirname "$0")"
root=${DESTDIR:-}
name=$(basename units/*.target .target)
etc=$root/etc/$name
system=$root/usr/local/lib/systemd/system

if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
  echo "install.sh writes to /etc: run it as root" >&2
  exit 1
fi

put() { # file, target
  cmp -s "$1" "$2" && return
  cp "$1" "$2.new"
  chmod 644 "$2.new"
  mv "$2.new" "$2"
}

unit() { # command of systemctl, units
  [ -n "$root" ] || systemctl "$@"
}

mkdir -p "$etc"
[ -e "$etc/host.env" ] || put host.env "$etc/host.env"
folder=$(sed -n "s/^BIN=[\"']*\([^\"']*\).*/\1/p" "$etc/host.env" | tail -n 1)
missing=
while read -r program; do
  [ -x "$root$folder/$program" ] || missing="$missing $program"
done <programs
if [ -n "$missing" ]; then
  echo "missing in $folder, which $etc/host.env names:$missing" >&2
  exit 1
fi

sh secrets.sh
put ready.sh "$etc/ready.sh"
mkdir -p "$etc/config" "$system"
for pod in config/*; do
  if ! diff -r "$pod" "$etc/$pod" >/dev/null 2>&1; then
    rm -rf "${etc:?}/$pod" "$etc/config.new"
    cp -R "$pod" "$etc/config.new"
    chmod -R u=rwX,go=rX "$etc/config.new"
    mv "$etc/config.new" "$etc/$pod"
  fi
done
for file in units/*; do
  put "$file" "$system/${file#units/}"
done

# What an earlier export had and this one has not.
touch "$etc/units"
while read -r file; do
  [ ! -e "units/$file" ] || continue
  unit stop "$file"
  pod=${file%.service}
  rm -rf "${system:?}/$file" "$etc/env/$pod.env" "$etc/config/$pod"
done <"$etc/units"
(cd units && ls) >"$etc/units.new"
mv "$etc/units.new" "$etc/units"

changed=
if [ -e "$etc/installed" ]; then
  for file in units/*.service; do
    own=${file#units/}
    pod=${own%.service}
    program=$(sed -n 's|^ExecStart=.*{BIN}/\([^ ]*\).*|\1|p' "$file")
    set -- "$etc/host.env" "$system/$own" "$etc/env/$pod.env" "$root$folder/$program"
    [ ! -e "$etc/config/$pod" ] || set -- "$@" "$etc/config/$pod"
    # By the time of the change on this host: an archive gives a program the time when it was made.
    [ -z "$(find -L "$@" -cnewer "$etc/installed")" ] || changed="$changed $own"
  done
fi
touch "$etc/installed"
unit daemon-reload
unit enable --quiet "$name.target"
if [ -n "$changed" ]; then
  echo "changed:$changed"
  # shellcheck disable=SC2086 # names of units have no blanks
  unit try-restart $changed
fi
echo "installed; to start what does not run: systemctl start $name.target"
