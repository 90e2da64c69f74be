"""Measures Sekisho beside its peer and beside the raw cost of a hash, in rounds that take turns.

Called by run.sh with the binaries to measure; prints tables. Any answer that is not the right one voids the figures.
"""

import argparse
import http.client
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).parent
EMAIL = "traveller@example.com"
PASSWORD = "a lantern at the checkpoint"
FORM = urllib.parse.urlencode({"username": EMAIL, "password": PASSWORD})
FORM_KIND = "application/x-www-form-urlencoded"
CORES = os.cpu_count()
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server in a session of its own, so that its processes can be counted and ended together."""

    def __init__(self, name, command, port, environment):
        self.name, self.port = name, port
        self.token = self.me = None
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, env=os.environ | environment, start_new_session=True, stdout=self.log, stderr=self.log
        )

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.ask("GET", "/users/me")
                return self
            except OSError:
                time.sleep(0.05)
        self.log.seek(0)
        sys.exit(f"{self.name} did not start:\n{self.log.read().decode()}")

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def enter(self):
        """Makes the account, logs in and keeps the token and the right answer to it."""
        account = json.dumps({"email": EMAIL, "password": PASSWORD})
        status, body = self.ask("POST", "/auth/register", account, Content_Type="application/json")
        require(status == 201, f"{self.name}: registering gave {status} {body!r}")
        status, body = self.ask("POST", "/auth/jwt/login", FORM, Content_Type=FORM_KIND)
        require(status == 200, f"{self.name}: logging in gave {status} {body!r}")
        self.token = json.loads(body)["access_token"]
        status, self.me = self.ask("GET", "/users/me", Authorization=f"Bearer {self.token}")
        me = json.loads(self.me)
        require(status == 200 and me["email"] == EMAIL and me["is_active"], f"{self.name}: {status} {self.me!r}")
        status, _ = self.ask("GET", "/users/me", Authorization="Bearer none")
        require(status == 401, f"{self.name}: a bad token gave {status}")

    def answer_bytes(self, request):
        """The length of a whole answer, headers included."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request.encode())
            data = b""
            while not (whole := re.match(rb"(?s).*?content-length: (\d+).*?\r\n\r\n", data.lower())) or (
                len(data) < whole.end() + int(whole[1])
            ):
                part = connection.recv(65536)
                require(part, f"{self.name}: the connection ended early")
                data += part
        return len(data)

    def processes(self):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                yield fields

    def cpu_s(self):
        return sum(int(fields[11]) + int(fields[12]) for fields in self.processes()) / TICKS

    def resident_mib(self):
        return sum(int(fields[21]) for fields in self.processes()) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def require(is_so, sentence):
    if not is_so:
        raise SystemExit(f"Void: {sentence}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sekisho(binary, folder, **settings):
    port = free_port()
    environment = {"SEKISHO_LISTEN": f"127.0.0.1:{port}", "SEKISHO_DATA_DIR": f"{folder}/sekisho"}
    return Server("Sekisho", [binary, "serve"], port, environment | {"SEKISHO_SECOND_FACTOR": "optional", "SEKISHO_THROTTLE": "off"} | settings)


def fastapi(python, folder):
    environment = {"PEER_DATABASE": f"{folder}/peer.db", "PEER_SECRET": secrets.token_hex(32)}
    subprocess.run([python, HERE / "fastapi/server.py"], env=os.environ | environment, check=True)
    port = free_port()
    flags = f"--app-dir {HERE}/fastapi --host 127.0.0.1 --port {port} --workers {CORES} --loop uvloop --http httptools"
    command = [python, "-m", "uvicorn", "server:app", *flags.split(), "--no-access-log", "--log-level", "warning"]
    return Server("FastAPI", command, port, environment)


def busy_s():
    """Processor seconds that anybody on this machine used."""
    first = Path("/proc/stat").read_text().splitlines()[0].split()
    user, nice, system, _idle, _wait, irq, soft, steal = map(int, first[1:9])
    return (user + nice + system + irq + soft + steal) / TICKS


def child_s():
    times = os.times()
    return times.children_user + times.children_system


class Watch:
    """What a round cost its server, and which share of the machine the load generator and others took meanwhile."""

    def __init__(self, server=None):
        self.server = server
        self.start = (time.monotonic(), busy_s(), child_s(), server.cpu_s() if server else 0)

    def read(self):
        start_s, start_busy, start_children, start_cpu = self.start
        children = child_s() - start_children
        cpu = self.server.cpu_s() - start_cpu if self.server else children
        ours = cpu + children if self.server else children
        available = (time.monotonic() - start_s) * CORES
        return cpu, children / available, max(0, busy_s() - start_busy - ours) / available


def load(server, path, seconds, connections, expect=None, method="GET", body=None, headers=()):
    """One round of wrk; returns what it counted, with the server's processor time."""
    environment = {"BENCH_METHOD": method, "BENCH_BODY": body, "BENCH_EXPECT": expect}
    environment = os.environ | {name: text for name, text in environment.items() if text}
    flags = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", HERE / "load.lua"]
    headers = [flag for header in headers for flag in ("-H", header)]
    watch = Watch(server)
    command = ["wrk", *flags, *headers, f"http://127.0.0.1:{server.port}{path}"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    counted = json.loads(re.search(r"^ROUND (.*)$", told, re.M)[1])
    counted["cpu_s"], counted["generator"], counted["others"] = watch.read()
    counted["rate"] = counted["requests"] / counted["seconds"]
    require(counted["failed"] == 0 and counted["wrong"] == 0, f"{server.name}: {told}")
    return counted


def me_round(server, seconds, length=None):
    bearer = f"Authorization: Bearer {server.token}"
    expect = None if length else server.me.decode()
    counted = load(server, "/users/me", seconds, 16, expect=expect, headers=[bearer])
    if length:
        # Without looking at bodies: each answer is exactly as long as the right one (16 may be under way).
        surplus = abs(counted["bytes"] - counted["requests"] * length)
        require(surplus <= 16 * length, f"{server.name}: {counted} does not fit answers of {length} bytes")
    return counted


def spread(values, digits=0):
    low, middle, high = min(values), statistics.median(values), max(values)
    return " / ".join(f"{value:,.{digits}f}" for value in (low, middle, high))


def compare_me(servers, rounds, seconds):
    lengths = {}
    for server in servers:
        server.wait().enter()
        checked = me_round(server, 2)
        request = f"GET /users/me HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n\r\n"
        lengths[server.name] = server.answer_bytes(request)
        print(f"{server.name}: {checked['requests']} answers looked at, all right.", file=sys.stderr)
    results = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            results[server.name].append(me_round(server, seconds, lengths[server.name]))
    print(f"\n## GET /users/me, 16 connections, {rounds} rounds of {seconds} s in turns: min / median / max\n")
    print("| | requests/s | per processor second of the server | processor µs per request | p99 ms "
          "| processor share of wrk | of others |\n|---|---|---|---|---|---|---|")
    for name, found in results.items():
        rate, per_cpu_s = (spread(values) for values in (
            [each["rate"] for each in found], [each["requests"] / each["cpu_s"] for each in found]))
        cost = spread([1e6 * each["cpu_s"] / each["requests"] for each in found], 1)
        p99 = spread([each["p99_us"] / 1000 for each in found], 2)
        wrk, others = (spread([100 * each[key] for each in found]) for key in ("generator", "others"))
        print(f"| {name} | {rate} | {per_cpu_s} | {cost} | {p99} | {wrk} % | {others} % |")
    ours, theirs = (results[server.name] for server in servers)
    rates = [a["rate"] / b["rate"] for a, b in zip(ours, theirs)]
    costs = [b["cpu_s"] / b["requests"] / (a["cpu_s"] / a["requests"]) for a, b in zip(ours, theirs)]
    print(f"\n**Ratio of each pair of rounds: {spread(rates)} times the requests per second;** "
          f"{spread(costs)} times less processor time per request.")


def raw(binary, seconds, is_idle, *implementation):
    """Passwords compared per second, and per second of processor time."""
    def yield_to_all():
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

    watch = Watch()
    told = subprocess.run([binary, str(CORES), str(seconds), *implementation], capture_output=True, text=True, check=True,
                          preexec_fn=yield_to_all if is_idle else None).stdout
    cpu_s, _, others = watch.read()
    rate, compared = map(float, told.split())
    return {"rate": rate, "per_cpu_s": compared / cpu_s, "others": others}


def compare_logins(server, raw_binary, rounds, seconds):
    server.wait().enter()
    logins, idle, normal, slow = [], [], [], []
    for _ in range(rounds):
        counted = load(server, "/auth/jwt/login", seconds, 32, expect='"access_token":"', method="POST", body=FORM,
                       headers=[f"Content-Type: {FORM_KIND}"])
        counted["per_cpu_s"] = counted["requests"] / counted["cpu_s"]
        logins.append(counted)
        idle.append(raw(raw_binary, seconds, is_idle=True))
        normal.append(raw(raw_binary, seconds, is_idle=False))
        slow.append(raw(raw_binary, seconds, False, "rustcrypto"))
    print(f"\n## Logins, 32 clients, {rounds} rounds of {seconds} s in turns: min / median / max\n")
    print("| | per second | per processor second | processor share of others |\n|---|---|---|---|")
    rows = {"logins (hashing threads idle)": logins, "raw argon2id, idle": idle, "raw argon2id, normal": normal,
            "raw argon2id of the `argon2` crate, normal": slow}
    for name, found in rows.items():
        shares = spread([100 * each["others"] for each in found])
        rate, per_cpu_s = (spread([each[key] for each in found], 1) for key in ("rate", "per_cpu_s"))
        print(f"| {name} | {rate} | {per_cpu_s} | {shares} % |")
    for name, found in (("idle", idle), ("normal", normal)):
        rates = spread([100 * a["rate"] / b["rate"] for a, b in zip(logins, found)])
        costs = spread([100 * a["per_cpu_s"] / b["per_cpu_s"] for a, b in zip(logins, found)])
        print(f"\n**Logins: {rates} % of the raw rate at {name} priority;** {costs} % per processor second.")
    print(f"\np99 of a login: {spread([each['p99_us'] / 1000 for each in logins])} ms.")


def first_answer(make, times):
    """Milliseconds from start to first answer, and the memory a second later."""
    waits, memory = [], []
    for number in range(times + 1):
        start = time.monotonic()
        server = make()
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
                connection.request("GET", "/users/me")
                status = connection.getresponse().status
                break
            except ConnectionError:
                require(server.process.poll() is None, "the server ended")
                time.sleep(0.0005)
        waits.append(1000 * (time.monotonic() - start))
        require(status == 401, f"the first answer was {status}")
        if number == times:
            time.sleep(1)
            memory.append(server.resident_mib())
        server.stop()
    print(f"\n## Start\n\nSecond and later starts to the first answer, {times} times: {spread(waits[1:], 1)} ms; "
          f"the very first, which makes keys and tables: {waits[0]:.0f} ms.\n"
          f"Memory one second after one request: {memory[0]:.1f} MiB.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sekisho")
    parser.add_argument("argon2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", choices=["me", "logins", "start"])
    asked = parser.parse_args()
    servers = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            if asked.only in (None, "me"):
                servers = [sekisho(asked.sekisho, f"{folder}/a"), fastapi(sys.executable, folder)]
                compare_me(servers, asked.rounds, asked.seconds)
                servers.pop().stop()
                servers.pop().stop()
            if asked.only in (None, "logins"):
                servers = [sekisho(asked.sekisho, f"{folder}/b")]
                compare_logins(servers[0], asked.argon2, asked.rounds, asked.seconds)
                servers.pop().stop()
        finally:
            for server in servers:
                server.stop()
        if asked.only in (None, "start"):
            first_answer(lambda: sekisho(asked.sekisho, f"{folder}/c"), 11)


if __name__ == "__main__":
    main()
