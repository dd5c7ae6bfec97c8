#!/usr/bin/env python3
"""Runs the browser tests, shows failures in full and passes as a number, and writes to a file a line "PASSED FAILED"
and what failed, one a line.

usage: run.py --provost PROGRAM [--counts FILE] [-- OPTION OF PYTEST...]
"""

import argparse
import os
import sys

import pytest

FOLDER = os.path.dirname(os.path.abspath(__file__))


class Tally:
    """Counts tests: one that fails in its setting up or taking down has failed; one that was skipped has too."""

    def __init__(self):
        self.passed, self.failed = set(), set()

    def pytest_runtest_logreport(self, report):
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)
        elif report.when == "call":
            self.passed.add(report.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--provost", required=True, help="the program to test")
    parser.add_argument("--counts")
    parser.add_argument("options", nargs="*")
    options = parser.parse_args()
    os.environ["PROVOST_UNDER_TEST"] = os.path.abspath(options.provost)
    tally = Tally()
    status = pytest.main(
        ["-q", "--no-header", "--tb=short", "--show-capture=no", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=120",
         "--rootdir", FOLDER, "--numprocesses", "2", "--dist", "loadgroup",
         *(options.options or [FOLDER])],
        plugins=[tally])
    good, bad = len(tally.passed - tally.failed), len(tally.failed)
    if status not in (0, 1) and bad == 0:
        bad = 1
    if options.counts:
        with open(options.counts, "w", encoding="utf-8") as counts:
            counts.write("\n".join([f"{good} {bad}", *sorted(tally.failed)]) + "\n")
    print(f"{good} passed, {bad} failed")
    return 0 if bad == 0 and good > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
