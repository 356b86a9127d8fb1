"""Speed of issuing labels on SQLite with ``synchronous=FULL``, and the ratio to the bare transaction of the same disk.

    python benchmarks/issuance.py [labels] [batch]

Prints labels a second; only the ratio means something on another machine. The bare transaction writes rows of the same
size to a table of the same kind, with the same settings, as many in one transaction. On the PostgreSQL server that
CRADLEMARK_BENCHMARK_DATABASE names (an empty database) there is no bare transaction beside it.
"""

from __future__ import annotations

import datetime
import os
import sqlite3
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if os.environ.get("CRADLEMARK_BENCHMARK_DATABASE"):
    os.environ["DATABASE_URL"] = os.environ["CRADLEMARK_BENCHMARK_DATABASE"]

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.label.builders import claim

from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.home import create_home
from cradlemark.trust.signers import KeySigner

NOW = datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)


def bare(folder: Path, content: bytes, labels: int, batch: int) -> float:
    """Labels a second of nothing but the rows."""
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(n INTEGER PRIMARY KEY, c BLOB, k TEXT UNIQUE)"
    )
    start = time.perf_counter()
    for first in range(0, labels, batch):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?)", [(n, content, f"case {n}") for n in range(first, first + batch)]
        )
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "UPDATE t SET c = ? WHERE n = ?", [(content, n) for n in range(first, first + batch)]
        )
        connection.execute("COMMIT")
    return labels / (time.perf_counter() - start)


def main() -> None:
    labels = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    signer = KeySigner(Ed25519PrivateKey.generate())
    made = claim()

    def numbered(number: LabelNumber) -> Claim:
        return attrs.evolve(made, number=str(number))

    def sign(one: Claim, _index: int) -> str:
        return signer.sign(bytes(one)).hex()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programme = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
        home = create_home(folder / "home", programme=programme, origin="example.org/labels")
        from cradlemark.registry.labels.issue import IssueRequest, issue
        from cradlemark.registry.log.publish import LOG, publish
        from cradlemark.registry.log.signing import one_key

        start = time.perf_counter()
        for first in range(0, labels, batch):
            requests = [IssueRequest(f"case {n}", numbered) for n in range(first, first + batch)]
            issue(requests, mark="DEMO", time=NOW, sign=sign)
        own = labels / (time.perf_counter() - start)
        start = time.perf_counter()
        publish(home.public / LOG, one_key(home.origin, signer))
        published = labels / (time.perf_counter() - start)
        from django.db import connection

        rows = bare(folder, bytes(made) * 2, labels, batch) if connection.vendor == "sqlite" else 0.0
    print(
        f"{labels} labels on {connection.vendor}, {batch} a transaction, claims of {len(bytes(made))} bytes"
    )
    print(f"  issued, signed, logged     {own:10.0f} labels/s")
    print(f"  published as tiles         {published:10.0f} labels/s")
    if rows:
        print(f"  bare transactions          {rows:10.0f} labels/s")
        print(f"  ratio to the bare          {rows / own:10.1f}")


if __name__ == "__main__":
    main()
