#!/usr/bin/env bash
# Measures a release build on 100,000 learners and 1,000,000 enrollments, beside the database's own tools doing the same work.
# usage: Scripts/bench.sh [--postgres] [OPTION of Benchmarks/bench.py]…
set -euo pipefail
cd "$(dirname "$0")/.."

through=()
if [ "${1:-}" = --postgres ]; then
  shift
  export DURABLE=1 # fsync stays on: a measurement without it says nothing
  through=(Scripts/with-postgres.sh)
fi

Scripts/install-dependencies.sh bench
Scripts/build.sh -c release --product provost --static-swift-stdlib
Scripts/build.sh -c release --product RenderingBench --static-swift-stdlib
exec "${through[@]}" /usr/bin/python3 Benchmarks/bench.py "$@" </dev/null
