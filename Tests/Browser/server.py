"""A Provost of the tests' own: a demo organization in a folder that is gone afterwards, served on a free port."""

import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ORGANIZATION = "northwind"
PASSWORD = "browser tests only 7"
# The roles that have pages, by a word in the line that `provost demo` prints for each.
ROLES = {"account-team": "account", "organization": "organization", "program": "program", "coach": "coach"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Provost:
    """`provost serve` on the demo's data."""

    def __init__(self, program, learners=300):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="provost-browser-")
        self.data = os.path.join(self.folder.name, "data")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PROVOST_")}
        self.environment |= {"PROVOST_LOG": "json"}
        printed = self.command("demo", "--learners", str(learners), "--password", PASSWORD)
        self.emails = sign_ins(printed)
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.process = subprocess.Popen(
            [program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=self.environment)
        self.wait_until_ready()

    def command(self, *arguments):
        """Runs a subcommand on the same data and gives back what it printed."""
        done = subprocess.run([self.program, *arguments, "--data", self.data], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=240, env=self.environment, check=False)
        assert done.returncode == 0, f"provost {arguments[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def wait_until_ready(self):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert self.process.poll() is None, f"provost serve ended:\n{self.logged()}"
            try:
                with urllib.request.urlopen(self.address + "/healthz", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise AssertionError(f"provost serve was not ready within 30 s:\n{self.logged()}")

    def logged(self):
        """Everything that the server has written so far."""
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self):
        """Ends the server as an operator would and gives back its exit status."""
        self.process.terminate()
        try:
            status = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.log.close()
        self.folder.cleanup()
        return status


def sign_ins(printed):
    """The email of each role, from the lines "role  email  password" that `provost demo` prints."""
    emails = {}
    for line in printed.splitlines():
        match = re.search(r"\S+@\S+", line)
        for role, word in ROLES.items():
            if match and word in line[: match.start()].lower():
                emails.setdefault(role, match.group())
    assert set(emails) == set(ROLES), f"provost demo named no sign-in for some role:\n{printed}"
    return emails
