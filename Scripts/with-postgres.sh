#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own that is gone afterwards; PROVOST_TEST_POSTGRES holds its URL.
# DURABLE=1 leaves fsync on, for measurements.
# usage: Scripts/with-postgres.sh COMMAND [ARGUMENT…]
set -euo pipefail

options=(-o max_connections=200)
folder=${TMPDIR:-/tmp}
if [ -z "${DURABLE:-}" ]; then
  options+=(-o fsync=off -o synchronous_commit=off -o full_page_writes=off)
  # Tests make and drop a database each, hundreds of files at a time: in memory, where there is enough, that is a third of all their time less.
  room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
  [ "${room:-0}" -lt 4000000 ] || [ ! -w /dev/shm ] || folder=/dev/shm
fi

started=$(mktemp)
trap 'rm -f "$started"' EXIT
for attempt in 1 2 3; do
  # A port of its own, since two clusters that start at the same moment would both take the next free one.
  port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  status=0
  # shellcheck disable=SC2016 # the inner shell expands these
  STARTED="$started" OUTSIDE="${TMPDIR:-/tmp}" TMPDIR="$folder" pg_virtualenv -t "${options[@]}" -c "--port $port" -i "--locale=C.UTF-8 --encoding=UTF8" \
    bash -c 'echo yes >"$STARTED"
      export TMPDIR="$OUTSIDE"
      export PROVOST_TEST_POSTGRES="postgres://$PGUSER:$PGPASSWORD@127.0.0.1:$PGPORT/postgres"
      exec "$@"' with-postgres "$@" || status=$?
  [ ! -s "$started" ] || exit "$status"
  echo "PostgreSQL did not start (attempt $attempt)" >&2
done
exit 1
