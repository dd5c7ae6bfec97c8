"""The program under measurement: its commands with their peak memory, its server with its access log."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse

EMAIL, PASSWORD = "admin@bench.example", "a password for measuring"


class Command:
    """A finished subcommand: seconds, peak memory in MB, and what it printed."""

    def __init__(self, arguments, environment, stdin=""):
        begun = time.monotonic()
        read, write = os.pipe()
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=write, stderr=subprocess.STDOUT, env=environment)
        os.close(write)
        process.stdin.write(stdin.encode())
        process.stdin.close()
        with open(read, encoding="utf-8", errors="replace") as output:
            self.printed = output.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds, self.megabytes = time.monotonic() - begun, usage.ru_maxrss / 1024
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{' '.join(arguments)} failed:\n{self.printed[-4000:]}")


class Program:
    """Provost on one data folder and, for PostgreSQL, one database."""

    def __init__(self, path, data, database=None):
        self.path, self.data = path, data
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PROVOST_")}
        self.environment |= {"PROVOST_LOG": "json"} | ({"PROVOST_DATABASE": database} if database else {})

    def command(self, *arguments, stdin=""):
        return Command([self.path, *arguments, "--data", self.data], self.environment, stdin)

    def serve(self):
        return Server(self)


class Server:
    """A running server with one administrator signed in."""

    def __init__(self, program):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log_path = os.path.join(program.data, "..", "access.log")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen([program.path, "serve", "--data", program.data, "--listen", f"127.0.0.1:{self.port}"],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=program.environment)
        self.begun = time.monotonic()
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - self.begun > 60:
                with open(self.log_path, encoding="utf-8", errors="replace") as log:
                    sys.exit("the server did not start:\n" + log.read()[-4000:])
            time.sleep(0.01)
        self.start_seconds = time.monotonic() - self.begun
        self.cookie = self.sign_in()

    def ready(self):
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def request(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def sign_in(self):
        _, headers, html = self.request("GET", "/sign-in")
        cookies = [value.split(";")[0] for value in headers.get_all("Set-Cookie", [])]
        form = dict(re.findall(r'name="(csrf|return)" value="([^"]*)"', html)) | {"email": EMAIL, "password": PASSWORD}
        status, headers, html = self.request("POST", "/sign-in", {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(cookies), "Origin": self.address}, urllib.parse.urlencode(form))
        if status != 303:
            sys.exit(f"could not sign in: {status}\n{html[:2000]}")
        return "; ".join(value.split(";")[0] for value in headers.get_all("Set-Cookie", []))

    def get(self, path):
        status, _, html = self.request("GET", path, {"Cookie": self.cookie})
        if status != 200:
            sys.exit(f"{path} answered {status}")
        return html

    def post(self, path, fields, file=None):
        """Sends a form as the page at its address has it, with a file where one is given; returns where the answer leads."""
        boundary = "----a-part-of-the-form"
        if file is None:
            kind, body = "application/x-www-form-urlencoded", urllib.parse.urlencode(fields).encode()
        else:
            parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
            with open(file, "rb") as content:
                parts.append(b'Content-Disposition: form-data; name="file"; filename="people.csv"\r\nContent-Type: text/csv\r\n\r\n' + content.read())
            kind = f"multipart/form-data; boundary={boundary}"
            body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
        status, headers, html = self.request("POST", path, {"Cookie": self.cookie, "Origin": self.address, "Content-Type": kind}, body)
        if status != 303:
            sys.exit(f"{path} answered {status}\n{html[:2000]}")
        return headers["Location"]

    def handler_times(self, path, requests):
        """The sorted handler times in milliseconds of as many requests, one after the other, as the access log has them."""
        start = os.path.getsize(self.log_path)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        for _ in range(requests):
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"{path} answered {answer.status}")
        connection.close()
        return self.logged_since(start, requests)

    def logged_since(self, start, wanted=1):
        """The sorted handler times logged since the offset, once there are as many as wanted."""
        for _ in range(200):
            times = []
            with open(self.log_path, "rb") as log:
                log.seek(start)
                for line in log:
                    if line.startswith(b"{") and b'"route"' in line and line.endswith(b"\n"):
                        times.append(float(json.loads(line)["ms"]))
            if len(times) >= wanted:
                return sorted(times)
            time.sleep(0.05)
        sys.exit("the access log lacks lines")

    def pages_per_second(self, path, clients, seconds):
        """(pages a second, sorted handler times) with as many clients at once."""
        start = os.path.getsize(self.log_path)
        printed = subprocess.run(["wrk", f"-t{min(2, clients)}", f"-c{clients}", f"-d{seconds}s", "-H", f"Cookie: {self.cookie}", self.address + path],
                                 capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in printed or "Socket errors" in printed:
            sys.exit(f"{path} under load:\n{printed}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1)), self.logged_since(start)

    def download(self, path, output):
        """(seconds, bytes) of one download."""
        begun = time.monotonic()
        subprocess.run(["curl", "--silent", "--fail", "--header", f"Cookie: {self.cookie}", "--output", output, self.address + path], check=True)
        return time.monotonic() - begun, os.path.getsize(output)

    def peak_megabytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024

    def forget_peak(self):
        """From now on the peak is that of what follows; returns what it begins with."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        return self.peak_megabytes()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


def share(times, part):
    """The time that the given part of the sorted times does not exceed."""
    return times[min(len(times) - 1, int(len(times) * part))]
