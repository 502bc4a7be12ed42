"""Measure the SPARQL endpoint against other servers, and light queries that run at the same time as runaway ones.

usage: python bench/sparql.py [--projects 35000] [--rounds 3] [--seconds 20] [--seed N] [--folder FOLDER]
                              [--only NAME,NAME]

CORDIS-like projects are generated (35,000 make 2.3 million triples), built as a release with `st-opendata build`,
served with `st-opendata serve`, and loaded into each peer that is installed: `oxigraph serve` on disk, rdflib-endpoint
(with a twelfth of the projects: it holds no more in reasonable time) and Virtuoso 7. `--peers DIR` names a folder with
their programs where they are not on the PATH. Those with the same data give the same answers, or the run ends. Eight
clients then ask each server the same questions, as fast as it answers: POST, JSON, connections that stay open, no
compression, no cache of answers.

- look-ups: one thing and what is next to it: the speed of HTTP counts there, not that of the store.
- light: five look-ups to three questions that sum, order or search within a part.
- mix: light, but one of twenty is an aggregate over everything.
- analyst: the twelve forms of bench/questions.py over everything, with other parameters each time.

In addition to the rate it prints the processor milliseconds of an answer, of the server with all its processes and of
the clients, which share the machine with it: they tell more than the rate where others use the machine too.
FOLDER keeps the data from run to run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from costs import ended, free_port, seconds_of
from mapping import BASE, EURIO, ORGANISATION, PROJECT, SUBJECTS, generate, table
from publishing.catalogue import DESCRIPTION
from questions import forms

CLIENTS = 8
SHARE = 20
"""One of this many questions of the mix is an aggregate."""
VOCABULARY = f"{BASE}ns#"
"""Of the release: with EURIO's classes it would be a benchmark of the rules for them."""
PREFIX = f"PREFIX e: <{VOCABULARY}> "
GRAPH = f"{BASE}dataset/cordis"
RUNAWAY = PREFIX + "SELECT (COUNT(*) AS ?n) { ?a e:title ?b . ?c e:title ?d . ?e e:title ?f }"
TARGETS = {"look-ups": 0.5, "light": 1.0, "mix": 2.0, "analyst": 5.0}
"""Times the best of the others, or oxigraph for `OXIGRAPH`; docs/decisions/0018 says why."""
OXIGRAPH = ("look-ups", "analyst")
CALM = 2.0

Question = Callable[[random.Random, int], str]
LOOKUPS: tuple[Question, ...] = (
    lambda chance, most: (
        f"SELECT ?title ?role ?name {{ BIND (<{project(chance, most)}> AS ?project) ?project e:title ?title . "
        "?part e:projectID ?project ; e:role ?role ; e:organisationID ?who . ?who e:name ?name }"
    ),
    lambda chance, most: (
        f"SELECT ?project ?title {{ ?part e:organisationID <{organisation(chance, most)}> ; e:projectID ?project . "
        "?project e:title ?title } LIMIT 20"
    ),
    lambda chance, _most: f"SELECT ?project ?title {{ ?project e:topics {topic(chance)} ; e:title ?title }} LIMIT 20",
    lambda chance, most: f'SELECT ?project {{ ?project e:acronym "P{chance.randrange(most)}" }}',
    lambda chance, most: f"SELECT ?p ?o {{ <{project(chance, most)}> ?p ?o }}",
)
"""One thing and what is next to it."""
PARTS: tuple[Question, ...] = (
    lambda chance, _most: (
        f"SELECT ?project ?title ?money {{ ?project e:masterCall {call(chance)} ; e:title ?title ; "
        "e:ecMaxContribution ?money } ORDER BY DESC(?money) LIMIT 20"
    ),
    lambda chance, _most: (
        f"SELECT ?role (COUNT(*) AS ?n) (SUM(?money) AS ?sum) {{ ?project e:topics {topic(chance)} . "
        "?part e:projectID ?project ; e:role ?role ; e:ecContribution ?money } GROUP BY ?role"
    ),
    lambda chance, _most: (
        f"SELECT ?project ?title {{ ?project e:masterCall {call(chance)} ; e:title ?title "
        'FILTER (CONTAINS(LCASE(?title), "quantum ocean")) } LIMIT 10'
    ),
)
"""Sums, order and search within one call (a sixtieth of all projects) or one topic (a four-hundredth)."""
LIGHT = LOOKUPS + PARTS
ANALYST: tuple[Question, ...] = tuple(
    lambda chance, _most, form=form: form(chance)  # type: ignore[misc]  # mypy knows no defaults of lambdas
    for form, _ in forms().values()
)
AGGREGATES = (
    "SELECT ?role (COUNT(*) AS ?n) { ?part a e:OrganisationRole ; e:role ?role } GROUP BY ?role",
    "SELECT ?who (SUM(?money) AS ?sum) { ?part e:organisationID ?who ; e:ecContribution ?money } "
    "GROUP BY ?who ORDER BY DESC(?sum) LIMIT 20",
    "SELECT ?year ?call (SUM(?money) AS ?sum) { ?project e:startDate ?date ; e:masterCall ?call ; "
    "e:ecMaxContribution ?money BIND (YEAR(?date) AS ?year) } GROUP BY ?year ?call",
    'SELECT (COUNT(*) AS ?n) { ?project e:title ?title FILTER (CONTAINS(LCASE(STR(?title)), "quantum ocean")) }',
    'SELECT (COUNT(DISTINCT ?who) AS ?n) { ?part e:organisationID ?who ; e:role "coordinator" }',
)


def project(chance: random.Random, most: int) -> str:
    return f"{BASE}project/{600_000 + chance.randrange(most) * 3}"


def topic(chance: random.Random) -> str:
    return f"<{BASE}topic/TOPIC-{chance.randrange(400):03}>"


def call(chance: random.Random) -> str:
    return f"<{BASE}call/CALL%20{chance.randrange(60)}>"


def organisation(chance: random.Random, most: int) -> str:
    return f"{BASE}organisation/{900_000_000 + int(most * 1.2 * chance.random() ** 2.5) * 37}"


@dataclass(frozen=True)
class Data:
    """What is served: the release, its facts as N-Triples, and how many projects they tell of."""

    projects: int
    release: Path
    facts: Path
    triples: int


@dataclass
class Phase:
    """Answers to one kind of question: seconds spent, milliseconds of each answer, how many failed, what they cost."""

    spent: float = 0.0
    times: list[float] = field(default_factory=list)
    failed: int = 0
    reopened: int = 0
    """Connections that the server closed after its answer."""
    served: float = 0.0
    asked: float = 0.0
    """Seconds of the processor that server and clients took."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return (len(self.times) - self.failed) / self.spent

    @property
    def p95(self) -> float:
        """Milliseconds within which 95 of 100 answers came."""
        return quantiles(self.times, n=20)[18] if len(self.times) > 1 else float("inf")

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        reopened = f", {self.reopened} connections closed" if self.reopened else ""
        served, asked = (1000 * seconds / len(self.times) for seconds in (self.served, self.asked))
        return (
            f"{self.rate:7.1f}/s  p50 {median(self.times):7.1f} ms  p95 {self.p95:7.1f} ms  "
            f"CPU {served:6.2f} + {asked:4.2f} ms{failed}{reopened}"
        )


class Missing(Exception):  # noqa: N818 (no error: the peer is not there)
    """A peer that cannot be run, with the reason."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the SPARQL endpoint.")
    parser.add_argument("--projects", type=int, default=35_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--only", default=",".join(SERVERS))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))  # else the servers outlive this
    os.environ["PATH"] = os.pathsep.join(filter(None, [str(given.peers or ""), os.environ["PATH"]]))
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = given.folder or Path(temporary)
        data, less = prepare(folder, given.projects), prepare(folder, max(1, given.projects // 12))
        print(f"{data.projects:,} projects, {data.triples:,} triples; {os.cpu_count()} cores, load {os.getloadavg()}")
        servers = []
        for name in given.only.split(","):
            its_data = less if name == "rdflib-endpoint" else data
            try:
                at = stack.enter_context(SERVERS[name](its_data, folder))
            except Missing as reason:
                print(f"{name}: skipped, {reason}")
            else:
                servers.append(Server(name, at, its_data))
        for server in servers:
            server.warm()
        if not agree([server for server in servers if server.data is data]):
            return 2
        found = {server.name: defaultdict[str, Phase](Phase) for server in servers}
        for turn in range(given.rounds):  # in turns, so that what else the machine does falls on all alike
            for kind in TARGETS:
                for server in servers:
                    server.measure(kind, f"{given.seed} {turn}", given.seconds, found[server.name][kind])
            for server in servers:
                if server.name == "st-opendata":
                    server.measure("light", f"{given.seed} {turn}", given.seconds, found[server.name]["quiet"])
                    with runaways(server, 2):
                        server.measure(
                            "light", f"{given.seed} {turn}", given.seconds, found[server.name]["beside runaways"]
                        )
        for name, phases in found.items():
            for kind, phase in phases.items():
                print(f"{name:16} {kind:16} {phase}")
    print(f"load at the end {os.getloadavg()}")
    return 0 if judge(found) else 1


def judge(found: Mapping[str, Mapping[str, Phase]]) -> bool:
    """Print the ratios to the best peer; whether all targets are held."""
    ours, held = found.get("st-opendata"), True
    peers = {name: phases for name, phases in found.items() if name != "st-opendata"}
    if ours is None:
        return True
    for kind, target in TARGETS.items():
        others = peers.keys() & {"oxigraph"} if kind in OXIGRAPH else peers.keys()
        if others:
            best = max(others, key=lambda name: peers[name][kind].rate)
            ratio = ours[kind].rate / peers[best][kind].rate
            held &= ratio >= target
            print(f"{kind}: {ratio:.1f} times {best}, target {target:g}: {'held' if ratio >= target else 'missed'}")
    ratio = ours["beside runaways"].p95 / ours["quiet"].p95
    held &= ratio <= CALM
    verdict = "held" if ratio <= CALM else "missed"
    print(f"p95 beside two runaways: {ratio:.2f} times the quiet one, target {CALM:g}: {verdict}")
    return held


# Asking


@dataclass(frozen=True)
class Address:
    """Where a server's endpoint is, and its process."""

    port: int
    path: str
    pid: int


@dataclass(frozen=True)
class Server:
    """A server that runs, and what it holds."""

    name: str
    at: Address
    data: Data

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stays open from question to question."""
        return http.client.HTTPConnection("127.0.0.1", self.at.port, timeout=120)

    def warm(self) -> None:
        """Run each kind of query once, so that no first access is measured."""
        for query in AGGREGATES:
            with suppress(OSError, http.client.HTTPException):
                ask(self.connect(), self.at.path, PREFIX + query)
        self.measure("light", "warm", 3.0, Phase())

    def measure(self, kind: str, turn: str, seconds: float, phase: Phase) -> None:
        """Let all clients ask for this long; a question that has begun is counted when it is answered."""
        share = SHARE if kind == "mix" else 0
        light = {"look-ups": LOOKUPS, "analyst": ANALYST}.get(kind, LIGHT)
        begin, served, asked = time.perf_counter(), seconds_of(self.at.pid), time.process_time()

        def client(number: int) -> None:
            chance, connection = random.Random(f"{turn} {number}"), self.connect()
            while time.perf_counter() < begin + seconds:
                heavy = share and chance.randrange(share) == 0
                query = chance.choice(AGGREGATES) if heavy else chance.choice(light)(chance, self.data.projects)
                start = time.perf_counter()
                try:
                    status, _ = ask(connection, self.at.path, PREFIX + query)
                except (OSError, http.client.HTTPException):
                    status, connection = 0, self.connect()
                phase.times.append((time.perf_counter() - start) * 1000)
                phase.failed += status != 200
                phase.reopened += connection.sock is None

        threads = [threading.Thread(target=client, args=(number,), daemon=True) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        phase.spent += time.perf_counter() - begin
        phase.served += seconds_of(self.at.pid) - served
        phase.asked += time.process_time() - asked


def agree(servers: Sequence[Server]) -> bool:
    """Whether all servers give the same answers; where they do not, it is printed."""
    agreed = True
    questions: list[Question | str] = [*LIGHT, *AGGREGATES]
    for number, question in enumerate(questions):
        query = question if isinstance(question, str) else question(random.Random(number), servers[0].data.projects)
        exact = "LIMIT" not in query or "SUM" in query  # which rows LIMIT keeps of equal ones is the server's choice
        seen: dict[str, object] = {}
        for server in servers:
            status, body = ask(server.connect(), server.at.path, PREFIX + query)
            rows = rows_of(body) if status == 200 else None
            seen[server.name] = f"status {status}" if rows is None else rows if exact else rows.total()
        first = next(iter(seen.values()))
        for name, answer in seen.items():
            if answer != first:
                agreed = False
                print(f"{name} answers otherwise: {query}")
    return agreed


def rows_of(body: bytes) -> Counter[tuple[str, ...]]:
    """The rows of a result in JSON, without their order; a number has 10 digits, whatever its spelling."""
    rows = json.loads(body)["results"]["bindings"]
    return Counter(tuple(value_of(row[name]["value"]) for name in sorted(row)) for row in rows)


def value_of(text: str) -> str:
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text


@contextmanager
def runaways(server: Server, clients: int) -> Iterator[None]:
    """Clients that repeat queries that always time out, until stopped; the last query of each continues for a while."""
    done = threading.Event()

    def client(number: int) -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            with suppress(OSError, http.client.HTTPException):
                ask(server.connect(), server.at.path, f"{RUNAWAY} # {number} {turn} {time.time()}")

    threads = [threading.Thread(target=client, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def ask(connection: http.client.HTTPConnection, path: str, query: str) -> tuple[int, bytes]:
    """Status and body of the answer, which is read to its end."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
    connection.request("POST", path, urlencode({"query": query}), headers)
    response = connection.getresponse()
    body = response.read()
    return response.status, body


# Data


def prepare(folder: Path, projects: int) -> Data:
    """The release of this many projects, built if it is missing."""
    place = folder / str(projects)
    release, facts = place / "release", place / "release" / "cordis" / "cordis.nt"
    if not (release / "release.json").is_file():
        catalogue = place / "catalogue"
        (catalogue / "cordis").mkdir(parents=True, exist_ok=True)
        generate(catalogue / "cordis", projects)
        describe(catalogue)
        command = [sys.executable, "-m", "st_opendata", "build", str(catalogue), "--output", str(release)]
        subprocess.run(command, check=True, capture_output=True)
    with facts.open("rb") as data:
        return Data(projects, release, facts, sum(1 for _ in data))


def describe(catalogue: Path) -> None:
    """Write the descriptions of the catalogue and its dataset."""
    text = {"en": "CORDIS projects and participants", "fr": "Projets CORDIS", "de": "CORDIS-Projekte"}
    tables = []
    for name, columns, title in zip(SUBJECTS, (PROJECT, ORGANISATION), ("Projects", "Organisations"), strict=True):
        tables.append(table(name, columns.split()) | {"title": {"en": title}})
    head = DESCRIPTION | {"id": "cordis", "base": BASE, "title": text, "datasets": ["cordis"]}
    dataset = json.dumps({"title": text, "description": text, "tables": tables}).replace(EURIO, VOCABULARY)
    (catalogue / "catalogue.yaml").write_text(json.dumps(head), "utf-8")
    (catalogue / "cordis" / "dataset.yaml").write_text(dataset, "utf-8")


# Servers


@contextmanager
def ours(data: Data, folder: Path) -> Iterator[Address]:
    port = free_port()
    command = [
        sys.executable, "-m", "st_opendata", "serve", str(data.release), "--port", str(port), "--memory", "16GiB",
        "--requests", "1000000000", "--query-cache", "0B", "--store", str(folder / "stores"),
    ]  # fmt: skip
    with running(command, port) as pid:
        yield Address(port, "/sparql", pid)


@contextmanager
def oxigraph(data: Data, folder: Path) -> Iterator[Address]:
    program, port, store = found("oxigraph"), free_port(), folder / f"oxigraph-{data.projects}"
    if not store.is_dir():
        subprocess.run([program, "load", "--location", store, "--file", data.facts], check=True, capture_output=True)
    with running([program, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"], port) as pid:
        yield Address(port, "/query", pid)


@contextmanager
def rdflib_endpoint(data: Data, _folder: Path) -> Iterator[Address]:
    port = free_port()
    program = found("rdflib-endpoint")
    with running([program, "serve", "--host", "127.0.0.1", "--port", str(port), str(data.facts)], port) as pid:
        yield Address(port, "/", pid)


@contextmanager
def virtuoso(data: Data, folder: Path) -> Iterator[Address]:
    program, tool = found("virtuoso-t"), found("isql-vt")
    place, port, sql = folder / f"virtuoso-{data.projects}", free_port(), free_port()
    is_new = not place.is_dir()
    place.mkdir(exist_ok=True)
    (place / "virtuoso.ini").write_text(
        "[Database]\nDatabaseFile=db.db\nErrorLogFile=log\nTransactionFile=db.trx\nxa_persistent_file=db.pxa\n"
        "[TempDatabase]\nDatabaseFile=tmp.db\nTransactionFile=tmp.trx\n"
        f"[Parameters]\nServerPort={sql}\nDirsAllowed=., {data.facts.parent}\nNumberOfBuffers=170000\n"
        "MaxDirtyBuffers=130000\n"
        f"[HTTPServer]\nServerPort={port}\nServerThreads=20\n[SPARQL]\nResultSetMaxRows=1000000\n"
    )
    with running([program, "+foreground", "+configfile", "virtuoso.ini"], port, place) as pid:
        if is_new:
            load = f"ld_dir('{data.facts.parent}', '{data.facts.name}', '{GRAPH}'); rdf_loader_run(); checkpoint;"
            done = subprocess.run(
                [tool, str(sql), "dba", "dba", f"exec={load}"], check=True, capture_output=True, text=True
            )
            if "Error" in done.stdout + done.stderr:
                raise Missing(f"it did not load: {done.stderr.strip()}")
        yield Address(port, "/sparql", pid)


SERVERS = {"st-opendata": ours, "oxigraph": oxigraph, "virtuoso": virtuoso, "rdflib-endpoint": rdflib_endpoint}


def found(program: str) -> str:
    """The path of a program; raises Missing."""
    path = shutil.which(program)
    if path is None:
        raise Missing(f"there is no program {program} on the PATH")
    return path


@contextmanager
def running(command: Sequence[str], port: int, folder: Path | None = None) -> Iterator[int]:
    """A server that accepts connections at the port, by its process; it is ended afterwards."""
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with ended(server):
        for _ in range(6000):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if server.poll() is not None:
                raise Missing(f"{Path(command[0]).name} ended with {server.returncode}")
            time.sleep(0.1)
        yield server.pid


if __name__ == "__main__":
    sys.exit(main())
