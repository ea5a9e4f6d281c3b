#!/bin/bash
# Installs what the native checks and the tests ask: other people's programs, from the distribution.
#
#   scripts/install-debian.sh             install what is missing (root, or sudo without a password)
#   scripts/install-debian.sh --optional  the same; if it cannot, say what will be skipped and go on
#   scripts/install-debian.sh --peers     as --optional, and what `make bench-failover` compares with
#   scripts/install-debian.sh --check     list what is missing; exit 1 if anything is
#
# Starts no service and enables none. On Debian 12 Suricata 7 comes from bookworm-backports, at the
# mirror that the machine already uses. Talks on stderr.
set -euo pipefail

# package | program (none: ask dpkg) | lowest version | what is skipped without it
needs() {
  cat <<'TABLE'
nftables|nft||nft does not read the nftables texts
suricata|suricata|1:7|Suricata does not read the sensors' rules
iproute2|ip||no network namespace, so nft is not asked
etcd-server|etcd||the register's client is not tried against etcd
postgresql|pg_createcluster||the actuator of databases is not tried
knot|knotd||the actuator of names is not tried
prometheus|promtool||the alert rules are not tried
frr|vtysh||vtysh does not read the service edges' routing, and the actuator of routes is not tried
keepalived|keepalived||keepalived does not read who has which address, and is not measured beside the failover
conntrackd|conntrackd||conntrackd does not read how pairs keep their connections
charon-systemd|charon-systemd||strongSwan does not read how townships reach their heads
strongswan-swanctl|swanctl||strongSwan does not read how townships reach their heads
openssl|openssl||the laboratory makes no certificates
systemd|systemd-analyze||the units are not tried
TABLE
  [ -z "${TELEMED_PEERS:-}" ] || cat <<'TABLE'
patroni|patroni||failover is not measured beside Patroni
python3-etcd|||Patroni does not find etcd
python3-idna|||Patroni does not find etcd
TABLE
}

SOURCES=/etc/apt/sources.list.d
POLICY=/usr/sbin/policy-rc.d
# Programs of administrators are not in everybody's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

main() {
  local mode=install
  case "${1:-}" in
    "") ;;
    --optional) mode=optional ;;
    --peers) mode=optional; export TELEMED_PEERS=1 ;;
    --check) mode=check ;;
    -h | --help) sed -n '2,/^set -/{s/^# \{0,1\}//p}' "$0"; return 0 ;;
    *) error "unknown option $1" "see $0 --help"; return 2 ;;
  esac

  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  case $mode in
    check) report "$missing"; return 1 ;;
    install) install_all "$missing" ;;
    optional)
      # A child of its own, so that `set -e` holds inside.
      if ! "$0"; then
        missing=$(missing_packages)
        say "going on without; skipped: $(skipped "$missing")"
      fi
      ;;
  esac
}

say() { printf 'install-debian: %s\n' "$*" >&2; }
error() { printf 'error: %s\nhint: %s\n' "$1" "$2" >&2; }

# --- What is missing --------------------------------------------------------------------------

missing_packages() {
  local package program lowest _
  while IFS='|' read -r package program lowest _; do
    has "$package" "$program" "$lowest" || echo "$package"
  done < <(needs)
}

has() { # package program lowest-version
  if [ -z "$2" ]; then
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
    return
  fi
  command -v "$2" >/dev/null || return 1
  [ -n "$3" ] || return 0
  local version
  # A program that no package brought (built by hand) is its owner's choice.
  version=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null) && [ -n "$version" ] || return 0
  dpkg --compare-versions "$version" ge "$3"
}

report() { # packages
  local package program lowest skipped
  while IFS='|' read -r package program lowest skipped; do
    grep -qxF "$package" <<<"$1" || continue
    say "missing: $package${lowest:+ (${lowest#*:} or newer)}; without it $skipped"
  done < <(needs)
}

skipped() { # packages
  local package skipped all="" _
  while IFS='|' read -r package _ _ skipped; do
    grep -qxF "$package" <<<"$1" && all="$all${all:+; }$skipped"
  done < <(needs)
  echo "$all"
}

# --- Installing -------------------------------------------------------------------------------

install_all() { # packages
  if ! command -v apt-get >/dev/null; then
    report "$1"
    error "this is neither Debian nor Ubuntu" "install the programs above by your own means"
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then
      exec sudo -n -- "$0"
    fi
    report "$1"
    error "only root can install packages, and sudo gives no root unasked" "run once: sudo $0"
    return 1
  fi

  local release
  release=$(release_name)
  say "installing $(paste -sd ' ' <<<"$1") and dependencies ($release, from the mirror in use)"
  export DEBIAN_FRONTEND=noninteractive
  trap restore_policy EXIT
  forbid_services
  forbid_main_cluster
  refresh
  if [ "$release" = bookworm ] && grep -qx suricata <<<"$1"; then
    install_from_backports bookworm suricata
    forbid_start_at_boot suricata
    set -- "$(grep -vx suricata <<<"$1" || true)"
  fi
  local package
  for package in $1; do
    install_packages "$package"
    forbid_start_at_boot "$package"
  done
  done_or_fail
}

# Debian makes a cluster at the installation, for a service that nobody wants here.
forbid_main_cluster() {
  local file=/etc/postgresql-common/createcluster.conf
  if ! [ -e "$file" ] && ! command -v pg_createcluster >/dev/null; then
    mkdir -p "${file%/*}"
    echo 'create_main_cluster = false' >"$file"
  fi
}

release_name() { # bookworm, trixie, noble …
  # shellcheck source=/dev/null
  (. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
}

done_or_fail() {
  local missing
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    report "$missing"
    error "the distribution does not have all of it" "Debian 12, Ubuntu 24.04 or newer do"
    return 1
  fi
  say "done; no service was started or enabled"
}

apt() { # arguments of apt-get; quiet unless it fails
  local log
  log=$(mktemp)
  if apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# A mirror's index changes under a reader now and then: once more.
refresh() {
  apt update && return
  say "apt-get update failed: once more"
  sleep 2
  apt update
}

install_packages() { # package and options
  apt install --no-install-recommends "$@" && return
  say "installing failed: once more, after apt-get update"
  refresh
  apt install --no-install-recommends "$@"
}

# --- Backports --------------------------------------------------------------------------------

install_from_backports() { # release package
  local suite=$1-backports
  if ! index_entries | grep -q "^$suite "; then
    add_backports "$1"
    refresh
  fi
  install_packages -t "$suite" "$2"
}

# `RELEASE COMPONENT FILE:ENTRY` of each index in use, as apt itself reads its sources.
index_entries() {
  # shellcheck disable=SC2016  # apt's own placeholders
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(SOURCESENTRY) $(CODENAME)' \
    'Created-By: Packages'
}

add_backports() { # release
  local entry suite file
  # Some machines say `stable`: the codename (4th word) is right even then.
  entry=$(index_entries | awk -v r="$1" '$2 == "main" && $4 == r { print $1, $3; exit }')
  if [ -z "$entry" ]; then
    error "no Debian mirror with $1/main among apt's sources" "enable $1-backports by hand"
    return 1
  fi
  suite=${entry%% *} file=${entry#* }
  local line=${file##*:}
  file=${file%:*}
  if [[ $file == *.sources ]]; then
    backports_stanza "$suite" "$1-backports" <"$file" >"$SOURCES/telemed-backports.sources"
    say "added $SOURCES/telemed-backports.sources, made after $file"
  else
    backports_line "$line" "$suite" "$1-backports" <"$file" >"$SOURCES/telemed-backports.list"
    say "added $SOURCES/telemed-backports.list, made after $file"
  fi
}

# The stanza of the deb822 source on stdin that has the suite, for another suite: same mirror, same
# key (which may stand in the stanza itself).
backports_stanza() { # suite new-suite
  grep -v '^#' | awk -v suite="$1" -v new="$2" '
    BEGIN { RS = ""; FS = "\n" }
    !found && has("types", "deb") && has("suites", suite) && !has("enabled", "no") {
      found = 1
      for (i = 1; i <= NF; i++) {
        if ($i !~ /^[ \t]/) field = tolower(substr($i, 1, index($i, ":") - 1))
        if (field == "types") once("Types: deb")
        else if (field == "suites") once("Suites: " new)
        else if (field == "components") once("Components: main")
        else print $i
      }
    }
    function once(text) { if (!(text in printed)) print text; printed[text] = 1 }
    function has(name, word,    i, field, value) {
      value = " "
      for (i = 1; i <= NF; i++) {
        if ($i !~ /^[ \t]/) field = tolower(substr($i, 1, index($i, ":") - 1))
        if (field == name) value = value substr($i, $i ~ /^[ \t]/ ? 1 : index($i, ":") + 1) " "
      }
      gsub(/[ \t]+/, " ", value)
      return index(value, " " word " ") > 0
    }'
}

# The line of the one-line-style source on stdin, for another suite.
backports_line() { # line suite new-suite
  sed -nE "$1{s/^(deb +(\[[^]]*\] +)?[^ ]+ +)${2//./\\.}( .*|)\$/\1$3 main/p}"
}

# --- No service is started or enabled ---------------------------------------------------------

forbid_services() {
  if [ -e "$POLICY" ] && [ ! -e "$POLICY.before-telemed" ]; then
    mv "$POLICY" "$POLICY.before-telemed"
  fi
  printf '#!/bin/sh\n# telemed: for the time of an installation\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
}

restore_policy() {
  rm -f "$POLICY"
  if [ -e "$POLICY.before-telemed" ]; then
    mv "$POLICY.before-telemed" "$POLICY"
  fi
}

forbid_start_at_boot() { # package; its services may bear other names
  local service
  for service in $(services_of "$1"); do
    update-rc.d "$service" disable >/dev/null 2>&1 || true
    systemctl disable "$service.service" >/dev/null 2>&1 || true
  done
}

services_of() { # package
  dpkg -L "$1" | sed -nE 's,^(/usr)?/lib/systemd/system/([^/]+)\.service$,\2,p; s,^/etc/init\.d/,,p' |
    sort -u
}

# Sourced by its test, run by everybody else.
[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"
