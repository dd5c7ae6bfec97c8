#!/usr/bin/env python3
"""Runs `swift test`, shows what failed in full and what passed as a number, and writes to a file a line
"PASSED FAILED" and what failed, one a line.

The counts come from the event stream of the test library, so that no wording of its output matters. A run that ends without
saying so (a trap, a signal, a sanitizer's report) counts as one failure more, and the end of its output is shown.

usage: swift-tests.py --counts FILE --log FILE [--through COMMAND]... [--expect TARGET]... -- OPTION...
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

SHOWN_LINES = 200  # of the output of one failed run
TIME_LIMIT = 15 * 60  # seconds; a run that hangs must not take the rest with it


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--counts", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--through", action="append", default=[], help="a command that is given the test run as its arguments")
    parser.add_argument("--expect", action="append", default=[], help="a test target of which at least one test must run")
    parser.add_argument("options", nargs="*")
    return parser.parse_args()


def run(command, log, environment):
    """The exit status of the command, whose output goes to the file `log`; -1 for a run over the time limit."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   env=environment, start_new_session=True)
        try:
            return process.wait(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 15)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
            return -1


def events(path):
    """The records of the event stream; a last line cut off by a crash is left out."""
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                return


def text(payload):
    return "\n      ".join(message["text"] for message in payload.get("messages", []))


class Outcome:
    """What the event stream tells of a run."""

    def __init__(self, path):
        self.names, self.started, self.ended, self.issues, self.complete = {}, set(), set(), {}, False
        for record in events(path):
            payload = record["payload"]
            if record["kind"] == "test":
                if payload["kind"] == "function":
                    self.names[payload["id"]] = f'{payload["id"].split("/")[0]}: {payload.get("displayName", payload["name"])}'
                continue
            kind, test = payload["kind"], payload.get("testID")
            if kind == "testStarted" and test in self.names:
                self.started.add(test)
            elif kind == "testEnded" and test in self.names:
                self.ended.add(test)
            elif kind == "issueRecorded" and not payload.get("issue", {}).get("isKnown"):
                where = payload.get("issue", {}).get("sourceLocation") or {}
                place = f'{where.get("fileID", "")}:{where.get("line", "")}' if where else ""
                self.issues.setdefault(test, []).append(f"{place} {text(payload)}".strip())
            elif kind == "testSkipped" and test in self.names:
                self.issues.setdefault(test, []).append("was skipped, which no test may be")
                self.started.add(test)
            elif kind == "runEnded":
                self.complete = True

    def failed(self):
        """The tests with an issue, and those that a crash caught in the middle."""
        unfinished = self.started - self.ended
        return [test for test in self.names if test in self.issues or (test in unfinished and not self.complete)]


def show(lines):
    print("\n".join("    " + line[:500] for line in lines))


def main():
    options = arguments()
    scratch = tempfile.mkdtemp(prefix="provost-tests-")
    stream = os.path.join(scratch, "events.jsonl")
    command = [word for wrapper in options.through for word in shlex.split(wrapper)]
    command += ["swift", "test", *options.options, "--event-stream-output-path", stream, "--event-stream-version", "0"]
    begun = time.monotonic()
    status = run(command, options.log, dict(os.environ, TSAN_OPTIONS="second_deadlock_stack=1"))
    outcome = Outcome(stream)
    failed = outcome.failed()
    summary = [outcome.names[test] for test in failed]

    for test in failed:
        print(f"✘ {outcome.names[test]}")
        for issue in outcome.issues.get(test, ["did not end"]):
            print(f"    {issue}")
    for issue in outcome.issues.get(None, []):
        print(f"✘ outside any test: {issue}")
        summary.append("outside any test: " + issue.splitlines()[0])
    good = len(outcome.started) - len(failed)
    for target in options.expect:
        if not any(test.startswith(target + ".") for test in outcome.started):
            summary.append(f"{target}: no test was run")
            print(f"✘ {summary[-1]}")
    with open(options.log, encoding="utf-8", errors="replace") as log:
        lines = [line for line in log.read().splitlines() if not line.startswith(("◇", "✔"))]
    races = next((i for i, line in enumerate(lines) if "WARNING: ThreadSanitizer" in line), None)
    if races is not None:
        summary.append("the thread sanitizer's report")
        print(f"✘ {summary[-1]}:")
        show(lines[races : races + SHOWN_LINES])
    elif status != 0 and (not summary or not outcome.complete):
        summary.append("the run took too long" if status == -1 else f"the run ended with status {status}")
        print(f"✘ {summary[-1]}; the end of its output:")
        show(lines[-SHOWN_LINES:])

    bad = len(summary)
    with open(options.counts, "w", encoding="utf-8") as counts:
        counts.write("\n".join([f"{good} {bad}", *summary]) + "\n")
    print(f"{good} passed, {bad} failed in {time.monotonic() - begun:.0f} s")
    shutil.rmtree(scratch, ignore_errors=True)
    return 0 if bad == 0 and good > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
