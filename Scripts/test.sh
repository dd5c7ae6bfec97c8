#!/usr/bin/env bash
# Every test there is, from a fresh clone on. Each step says what it found in a few lines, failures in full; the end names again
# what failed, for whoever keeps only the end. The last line is "total: N passed, N failed"; the exit status is 0 only if nothing failed.
# usage: Scripts/test.sh [STEP…] with STEP one of format, sqlite, postgres, threads, browser; all of them by default
set -uo pipefail
cd "$(dirname "$0")/.." || exit
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

passed=0
failed=0
failures=()
logs=.build/test-logs
mkdir -p "$logs"

steps=("$@")
[ "${#steps[@]}" -gt 0 ] || steps=(format sqlite postgres threads browser)
wanted() { [[ " ${steps[*]} " == *" $1 "* ]]; }

heading() { printf '\n== %s (after %d min %02d s)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)); }

finish() {
  if [ "${#failures[@]}" -gt 0 ]; then
    printf '\nFailed:\n'
    printf '  %s\n' "${failures[@]}"
  fi
  printf '\nThis took %d min %02d s.\n' $((SECONDS / 60)) $((SECONDS % 60))
  echo "total: $passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# check NAME COMMAND…: a step that either works or does not.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    echo "$name: fine"
  else
    failed=$((failed + 1))
    failures+=("$name")
    echo "$name: FAILED"
    return 1
  fi
}

# count NAME: adds what the runner of tests wrote of step NAME: a line "PASSED FAILED", then what failed, one a line.
count() {
  local lines=() good=0 bad=0
  [ ! -s "$logs/$1.counts" ] || mapfile -t lines <"$logs/$1.counts"
  [ "${#lines[@]}" -eq 0 ] || read -r good bad <<<"${lines[0]}"
  if [ $((good + bad)) -gt 0 ]; then
    passed=$((passed + good))
    failed=$((failed + bad))
    failures+=("${lines[@]:1}")
  else
    echo "no test was run"
    failed=$((failed + 1))
    failures+=("$1: no test was run")
  fi
}

# swift_tests NAME [OPTION…]: runs built tests with the options of swift-tests.py and counts them.
swift_tests() {
  local name=$1
  shift
  /usr/bin/python3 Scripts/swift-tests.py --counts "$logs/$name.counts" --log "$logs/$name.log" "$@"
  count "$name"
}

rm -f "$logs"/*.counts
heading "Dependencies"
check "dependencies" Scripts/install-dependencies.sh test || finish

if wanted format; then
  heading "Format"
  check "swift format lint" swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks
fi

if wanted sqlite || wanted postgres || wanted browser; then
  heading "Build"
  check "build" Scripts/build.sh --build-tests || finish
fi

# Every target with tests must have run some, whatever else happened.
targets=()
for folder in Tests/*Tests; do targets+=(--expect "$(basename "$folder")"); done

if wanted sqlite; then
  heading "Tests on SQLite"
  swift_tests sqlite "${targets[@]}" -- --skip-build
fi

if wanted postgres; then
  heading "Tests on PostgreSQL"
  # What no database is needed for has been tested above.
  stored=(DatabaseTests DomainTests WebTests ProvostTests)
  PROVOST_TEST_ENGINE=postgres swift_tests postgres "${stored[@]/#/--expect=}" --through Scripts/with-postgres.sh -- \
    --skip-build --filter "^($(IFS='|' && echo "${stored[*]}"))\."
fi

if wanted threads; then
  heading "Tests under the thread sanitizer"
  threaded=(HTTPServerTests DatabaseTests SecretsTests)
  sanitized=(--sanitize thread --scratch-path .build-tsan)
  export PROVOST_THREADS=1
  if check "build for the thread sanitizer" Scripts/build.sh --build-tests "${sanitized[@]}"; then
    # An address space laid out at random is more than the sanitizer can map on some kernels, hence setarch.
    swift_tests threads "${threaded[@]/#/--expect=}" --through "setarch -R" --through Scripts/with-postgres.sh -- \
      --skip-build "${sanitized[@]}" --filter "^($(IFS='|' && echo "${threaded[*]}"))\."
  fi
  unset PROVOST_THREADS
fi

if wanted browser; then
  heading "Tests in a browser"
  timeout --kill-after=30 20m .venv/bin/python Tests/Browser/run.py --counts "$logs/browser.counts" --provost .build/debug/provost
  count browser
fi

finish
