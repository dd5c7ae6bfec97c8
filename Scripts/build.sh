#!/usr/bin/env bash
# swift build with the packages fetched first, again when a download fails, and quiet when all goes well.
# usage: Scripts/build.sh [options of swift build]
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=()
arguments=("$@")
for ((i = 0; i < ${#arguments[@]}; i++)); do
  [ "${arguments[i]}" = --scratch-path ] && scratch=(--scratch-path "${arguments[i + 1]}")
done

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for attempt in 1 2 3; do
  swift package "${scratch[@]}" resolve >"$log" 2>&1 </dev/null && break
  [ "$attempt" -lt 3 ] || { cat "$log" >&2 && exit 1; }
  sleep $((attempt * 5))
done

if [ -t 1 ]; then
  exec swift build "$@"
elif ! swift build "$@" >"$log" 2>&1 </dev/null; then
  # The lines that say what is being compiled tell nothing about what failed.
  grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" | head -n 120 >&2 || true
  exit 1
fi
