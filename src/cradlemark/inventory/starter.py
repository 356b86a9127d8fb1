"""The packaged starter database: about a thousand reviewed factors with unit, place, source, licence and status."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.rows import dataset_from_row


def _resource(name: str) -> bytes:
    return (resources.files("cradlemark.inventory") / "datasets" / name).read_bytes()


@cache
def starter_description() -> dict[str, Any]:
    """Prose about the starter database: version, sources, licences, rules of review, and what was left out."""
    return tomllib.loads(_resource("starter.toml").decode())


@cache
def starter_database() -> Database:
    """The packaged starter database.

    Returns
    -------
    Database
        Its digest is the SHA-256 of the bytes of ``starter.csv``.
    """
    about = starter_description()
    content = _resource("starter.csv")
    rows = csv.DictReader(content.decode().splitlines())
    datasets = {row["id"]: dataset_from_row(row, database=about["id"]) for row in rows}
    return Database(
        id=about["id"],
        version=about["version"],
        digest="sha256:" + hashlib.sha256(content).hexdigest(),
        licence=about["licence"],
        source=about["source"],
        datasets=datasets,
    )


def default_inventory(*others: Database) -> Inventory:
    """An inventory of one's own databases, in order of precedence, with the starter database last."""
    return Inventory((*others, starter_database()))
