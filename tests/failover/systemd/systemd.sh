#!/bin/bash
# Runs a program beside a systemd that has nothing but the units in a folder: as process 1 of
# namespaces of its own (processes, mounts, network, cgroups). What it changes goes with it.
#
#   systemd.sh UNITS CHECKOUT PROGRAM [ARGUMENT…]
#
# /etc is a copy, /run, /var/lib, /var/log, /opt and /srv are empty, but for the checkout at
# /srv/checkout; /proc/sys cannot be written to.
# Exit code: the program's; 75 if this machine cannot do it, with the reason on stderr.
set -euo pipefail

main() {
  local group=telemed-test-$$ at
  trap leave EXIT
  for at in $(cgroups); do
    mkdir "$at/$group" 2>/dev/null || cannot "no cgroup below $at"
    if [ -e "$at/$group/cpuset.cpus" ] && [ -e "$at/cpuset.mems" ]; then
      cat "$at/cpuset.cpus" >"$at/$group/cpuset.cpus" || true
      cat "$at/cpuset.mems" >"$at/$group/cpuset.mems" || true
    fi
    echo $$ >"$at/$group/cgroup.procs" || cannot "no cgroup below $at"
  done
  local spaces=(--mount --pid --fork --cgroup --net --uts --ipc --kill-child)
  unshare "${spaces[@]}" true || cannot "no namespaces"
  unshare "${spaces[@]}" "$0" --inside "$@" || true
  [ -s "$RESULT" ] || cannot "systemd does not start here"
  exit "$(cat "$RESULT")"
}

cgroups() { awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts; }
cannot() { echo "systemd.sh: $1" >&2; exit 75; }

leave() {
  local at
  for at in $(cgroups); do
    [ -d "$at/telemed-test-$$" ] || continue
    echo $$ >"$at/cgroup.procs" || true
    find "$at/telemed-test-$$" -depth -type d -exec rmdir {} + || true
  done
}

inside() { # units checkout program…
  [ $$ = 1 ] || cannot "--inside is for process 1 of its namespaces"
  local units=$1 checkout=$2
  shift 2
  mount --make-rprivate /
  mount -t tmpfs tmpfs /run
  mount -t proc proc /proc
  mount -o bind,ro /proc/sys /proc/sys
  cgroups_anew
  mount -t tmpfs -o mode=755 tmpfs /srv
  mount -t tmpfs -o mode=755 tmpfs /var/lib
  mount -t tmpfs -o mode=755 tmpfs /var/log
  mount -t tmpfs -o mode=755 tmpfs /opt
  mkdir /srv/over /srv/work /srv/checkout
  mount -o bind,ro "$checkout" /srv/checkout
  mount -t overlay overlay -o lowerdir=/etc,upperdir=/srv/over,workdir=/srv/work /etc
  touch /run/console
  mount --bind /run/console /dev/console
  ip link set lo up
  (
    until [ "$(systemctl is-active ready.target 2>/dev/null)" = active ]; do sleep 0.1; done
    code=0
    "$@" || code=$?
    echo "$code" >"$RESULT"
    systemctl --force --force poweroff
  ) &
  export container=telemed SYSTEMD_UNIT_PATH=$units
  exec /lib/systemd/systemd --system --unit=ready.target --log-target=console --show-status=no
}

OF_THE_MOUNT='^(rw|ro|relatime|nosuid|nodev|noexec|xattr)$'

# The same hierarchies, each seen from our own group as its root.
cgroups_anew() {
  local lines
  lines=$(awk '$3 == "cgroup" || $3 == "cgroup2" { print $2, $3, $4 }' /proc/mounts)
  umount -l -R /sys/fs/cgroup
  grep -q ' cgroup ' <<<"$lines" && mount -t tmpfs tmpfs /sys/fs/cgroup
  local at type options
  while read -r at type options; do
    mkdir -p "$at"
    if [ "$type" = cgroup2 ]; then
      mount -t cgroup2 cgroup2 "$at"
    else
      options=$(tr , '\n' <<<"$options" | grep -vE "$OF_THE_MOUNT" | paste -sd ,)
      [[ $options == *name=* ]] && options=none,$options
      mount -t cgroup -o "$options" cgroup "$at"
    fi
  done <<<"$lines"
}

if [ "$1" = --inside ]; then
  shift
  inside "$@"
else
  RESULT=$(mktemp)
  export RESULT
  main "$@"
fi
