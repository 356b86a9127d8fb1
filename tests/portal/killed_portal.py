"""A portal as it runs in production, killed while people use it: the server, its people, and what they were answered."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import attrs

from cradlemark.registry.home import Home
from tests.registers import database_address

PASSPHRASE = "several words in a row"
PEOPLE = {"officer": "officer", "officer.second": "officer", "decision_maker": "decision_maker"}
"""Who works, each in a session of an own, in which role."""
TICKS = os.sysconf("SC_CLK_TCK")
MAIN = re.compile(r"(?s)^.*<main[^>]*>|</main>.*$|<[^>]*>")
"""All of a page but the words of its own part."""
LABEL = re.compile(r" · <code>([A-Z]+-[A-Z0-9-]+)</code>")


@attrs.define
class Server:
    """The server of the production notes, with all its processes in one group."""

    home: Home
    port: int
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def beside(cls, home: Home) -> Server:
        """One on a port that is free."""
        with socket.create_server(("127.0.0.1", 0)) as found:
            return cls(home, found.getsockname()[1])

    def start(self) -> None:
        """Start it and wait until it answers and all its processes have come to rest."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("CRADLEMARK_", "DJANGO_"))
        } | {
            "CRADLEMARK_PROGRAMME": str(self.home.folder), "CRADLEMARK_PASSPHRASE": PASSPHRASE, "CRADLEMARK_PROXIES": "1",
            "CRADLEMARK_SECRET_KEY": "a key for tests only", "CRADLEMARK_HOSTS": "127.0.0.1", "CRADLEMARK_API_WRITES": "100000",
        }  # fmt: skip
        log = (self.home.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [
                Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
                "--no-ws", "--workers", "2", "--log-level", "warning", "cradlemark.portal.wsgi:application",
            ],
            env=environment | database_address(), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        until(self.answers, "the server does not answer")
        used = -1.0
        while used != (used := self.processor_time()):
            time.sleep(0.15)

    def answers(self) -> bool:
        """Whether it is there."""
        assert self.process is not None
        assert self.process.poll() is None, "the server ended by itself"
        with contextlib.suppress(OSError, http.client.HTTPException):
            return Visitor(self).ask("GET", "/readyz")[0] == 200
        return False

    def kill(self) -> None:
        """Kill every process of it at once."""
        assert self.process is not None
        assert self.process.poll() is None, "the server ended by itself"
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: not list(self.members()), "a process of the server lives on")
        self.process = None

    def members(self) -> Iterator[list[str]]:
        """What the system says of each process of the group, beginning with its state."""
        group = str(self.process.pid) if self.process else ""
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rpartition(") ")[2].split()
                if fields[2] == group and fields[0] != "Z":
                    yield fields

    def processor_time(self) -> float:
        """Of all processes [s]."""
        return sum(int(fields[11]) + int(fields[12]) for fields in self.members()) / TICKS


@attrs.define
class Visitor:
    """A browser, or a program with a token, behind a proxy that ends TLS."""

    server: Server
    cookies: dict[str, str] = attrs.field(factory=dict)
    token: str = ""

    def ask(
        self, method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str, str, str]:
        """Status, where it leads, tag, and text of an answer that came whole."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        sent = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "Accept-Language": "en"}
        sent["Origin"] = f"https://127.0.0.1:{self.server.port}"
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, content, {**sent, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), answer.headers.get("ETag", ""), text

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form; status and where it leads, or the page that says why not."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.cookies.get("__Host-csrf", ""),
        }  # fmt: skip
        status, where, _, text = self.ask("POST", path, urlencode(fields).encode(), headers)
        return status, where or " ".join(MAIN.sub("", text).split())

    def sign_in(self, email: str, password: str, code: Callable[[], str]) -> None:
        """With both factors."""
        self.ask("GET", "/account/login/")
        status, where = self.send("/account/login/", login=email, password=password)
        assert (status, where.partition("?")[0]) == (302, "/account/2fa/authenticate/"), (status, where)
        status, where = self.send(where, code=code())
        assert (status, where) == (302, "/desk/"), (status, where)


@attrs.frozen
class Task:
    """Something that somebody wants done once; it has a key of its own.

    Parameters
    ----------
    kind : str
        ``grant``, ``register``, ``publish``, or a step of a label.
    subject : str
        Number of the case or of the label.
    key : str
        Sent with it; a case has only one registration, so its own number is the key.
    """

    kind: str
    subject: str
    person: str
    key: str = attrs.field(factory=lambda: uuid.uuid4().hex)


@attrs.define
class Work:
    """What people do at once, in random order; what they were answered is written down."""

    visitors: dict[str, Visitor]
    program: Visitor
    cases: list[str]
    """Cases that wait for a decision."""
    granted: list[str] = attrs.field(factory=list)
    labels: dict[str, str] = attrs.field(factory=dict)
    """Number of the label of each case that was registered."""
    done: dict[Task, str] = attrs.field(factory=dict)
    """Tasks with an answer."""
    refused: set[Task] = attrs.field(factory=set)
    flying: set[Task] = attrs.field(factory=set)
    """Tasks without one."""
    faults: list[str] = attrs.field(factory=list)
    lock: threading.Lock = attrs.field(factory=threading.Lock)

    def do(self, task: Task) -> None:
        """Do a task; it flies until its answer has come."""
        self.flying.add(task)
        status, told = self._sent(task)
        with self.lock:
            self.flying.discard(task)
            if status == 409:
                self.refused.add(task)
            elif status not in {201, 302} or told.startswith("/account/"):
                self.faults.append(f"{task}: {status} {told[:300]}")
            else:
                self._note(task, told)

    def _sent(self, task: Task) -> tuple[int, str]:
        visitor = self.visitors[task.person]
        if task.kind == "grant":
            return self._grant(task)
        if task.kind == "register":
            status, told = visitor.send(f"/cases/{task.subject}/register/", reason="Licence signed.")
            if status != 302:
                return status, told
            return status, ",".join(LABEL.findall(visitor.ask("GET", told)[3]))
        if task.kind == "publish":
            return visitor.send("/programme/publish/")
        return visitor.send(
            f"/labels/{task.subject}/change/", step=task.kind, reason=f"Drill {task.key}.", key=task.key
        )

    def _grant(self, task: Task) -> tuple[int, str]:
        path = f"/api/v1/cases/{task.subject}"
        _, _, tag, _ = self.program.ask("GET", path)
        headers = {"Content-Type": "application/json", "Idempotency-Key": task.key, "If-Match": tag}
        body = json.dumps({"step": "grant", "reason": "All conditions are met."}).encode()
        status, _, _, text = self.program.ask("POST", f"{path}/steps", body, headers)
        return status, text

    def _note(self, task: Task, told: str) -> None:
        if task.kind == "grant":
            self.granted.append(task.subject)
        if task.kind == "register":
            before = self.labels.setdefault(task.subject, told)
            if not told or before != told:
                self.faults.append(f"{task}: told {told!r}, and {before!r} before")
        self.done[task] = told

    def next(self, person: str, source: random.Random) -> Task | None:
        """What a person does next; officers choose the same case now and then."""
        with self.lock:
            if person == "decision_maker":
                if source.random() < 0.25 and self.labels:
                    return Task("revoke", source.choice(list(self.labels.values())), person)
                return Task("grant", self.cases.pop(0), person) if self.cases else None
            waiting = [case for case in self.granted if case not in self.labels]
            if waiting and source.random() < 0.7:
                return Task("register", waiting[0], person, key=waiting[0])
            if self.labels and source.random() < 0.6:
                number = source.choice(list(self.labels.values()))
                return Task(source.choice(("suspend", "clear")), number, person)
            return Task("publish", "", person)

    def until_killed(self, person: str, source: random.Random) -> None:
        """Work until the server is gone."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            while not self.faults:
                if task := self.next(person, source):
                    self.do(task)
                else:
                    time.sleep(0.01)


def killed_round(server: Server, work: Work, source: random.Random) -> int:
    """Let everybody work at once, and kill the server at any time; returns how many requests were under way."""
    already, wanted = len(work.done), source.randint(0, 12)
    threads = [
        threading.Thread(target=work.until_killed, args=(person, random.Random(source.random())))
        for person in work.visitors
    ]
    for thread in threads:
        thread.start()
    # Answers are counted; so a busy machine is killed as late as an idle one.
    until(lambda: len(work.done) - already >= wanted or bool(work.faults), "nobody is answered")
    time.sleep(source.uniform(0.0, 0.4))
    server.kill()
    for thread in threads:
        thread.join()
    assert not work.faults, work.faults
    return len(work.flying)


def until(holds: Callable[[], bool], otherwise: str, *, seconds: float = 60.0) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)
