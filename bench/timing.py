"""Does the time of an answer tell whether an address has an account?

    python3 bench/timing.py BINARY [--samples 2000] [--only login|forgot|register] [--hide]

Starts the server with its limits on, behind a proxy that it trusts, and asks in turns for addresses that have an account
and for others, each request from a source of its own, no account more often than is free. Prints medians and the AUC of
Mann and Whitney: 0.5 says that the two cannot be told apart. Wanted: AUC within 0.47 to 0.53, medians within 2 percent.
With `--hide` addresses have to be verified and nobody is told which have accounts; mail cannot leave. Started by
`scripts/with_postgres.sh` it measures PostgreSQL. To be run where nothing else runs.
"""

import argparse
import http.client
import json
import os
import random
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from compare import FORM_KIND, require, sekisho

PASSWORD = "a lantern at the checkpoint"
HIDDEN = {"SEKISHO_SMTP_URL": "smtp://127.0.0.1:9", "SEKISHO_MAIL_FROM": "login@example.org"}
POSTGRES = os.environ.get("TEST_DATABASE_URL")
# Below what is free: five failures of an account, three mails to an address.
USES = 3


def source():
    return ".".join(str(random.randrange(1, 255)) for _ in range(4))


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def time(self, path, body, kind, statuses):
        headers = {"Content-Type": kind, "X-Forwarded-For": source()}
        begin = time.perf_counter_ns()
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        spent = time.perf_counter_ns() - begin
        require(answer.status in statuses, f"{path} gave {answer.status}")
        return spent / 1e6


def address():
    # As long as any other: parsing must not differ.
    return f"{secrets.token_hex(12)}@example.org"


def login(client, email):
    form = urllib.parse.urlencode({"username": email, "password": "not the right one"})
    return client.time("/auth/jwt/login", form, FORM_KIND, {400})


def forgot(client, email):
    return client.time("/auth/forgot-password", json.dumps({"email": email}), "application/json", {202})


def register(client, email, statuses=(201, 400)):
    body = json.dumps({"email": email, "password": PASSWORD})
    return client.time("/auth/register", body, "application/json", statuses)


def register_hidden(client, email):
    return register(client, email, (201,))


def query(folder, sql):
    if POSTGRES:
        command = ["psql", "-X", "-A", "-t", "-c", sql, POSTGRES]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    with sqlite3.connect(f"{folder}/sekisho/sekisho.db", timeout=30) as database:
        found = database.execute(sql).fetchone()
    database.close()
    return str(found and found[0])


def verify_all(folder):
    while int(query(folder, "SELECT COUNT(*) FROM link_requests")):
        time.sleep(0.1)
    query(folder, "UPDATE accounts SET verified_at = created_at")


def auc(known, unknown):
    """The chance that an answer about a known address takes longer than one about an unknown one."""
    ranked = sorted([(value, 1) for value in known] + [(value, 0) for value in unknown])
    ranks = sum(rank for rank, (_, is_known) in enumerate(ranked, 1) if is_known)
    return (ranks - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def compare(client, ask, accounts, samples):
    known, unknown, stranger = [], [], None
    for number in range(samples):
        # Whoever was registered is a stranger no more.
        if number % USES == 0 or ask in (register, register_hidden):
            stranger = address()
        email = accounts[number // USES]
        # Who is first changes by chance: what comes after a hash may find warmer caches.
        turns = [(known, email), (unknown, stranger)]
        random.shuffle(turns)
        for spent, whom in turns:
            spent.append(ask(client, whom))
    return known, unknown


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("--samples", type=int, default=2000)
    options.add_argument("--only", choices=["login", "forgot", "register"])
    options.add_argument("--hide", action="store_true")
    options = options.parse_args()
    settings = {
        "SEKISHO_THROTTLE": "on",
        "SEKISHO_TRUSTED_PROXIES": "127.0.0.1",
        "SEKISHO_REGISTRATIONS_PER_HOUR": "1000000",
    } | (HIDDEN if options.hide else {}) | ({"SEKISHO_DATABASE_URL": POSTGRES} if POSTGRES else {})
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        server = sekisho(options.binary, folder, **settings).wait()
        try:
            client = Client(server.port)
            accounts = [address() for _ in range(-(-options.samples // USES))]
            for email in accounts:
                register(client, email)
            verify_all(folder)
            print(f"{'':16}{'known, ms':>12}{'unknown, ms':>13}{'medians':>10}{'AUC':>8}")
            for ask in (login, forgot, register_hidden if options.hide else register):
                if options.only and not ask.__name__.startswith(options.only):
                    continue
                known, unknown = compare(client, ask, accounts, options.samples)
                medians = statistics.median(known), statistics.median(unknown)
                difference, chance = medians[0] / medians[1] - 1, auc(known, unknown)
                is_good &= 0.47 <= chance <= 0.53 and abs(difference) <= 0.02
                print(f"{ask.__name__:16}{medians[0]:12.3f}{medians[1]:13.3f}{difference:+10.1%}{chance:8.3f}")
        finally:
            server.stop()
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
