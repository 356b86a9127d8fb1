"""The packaged starter database: about a thousand reviewed factors with unit, place, source, licence and status."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.rows import dataset_from_row, digest_of


def _resource(name: str) -> str:
    return (resources.files("cradlemark.inventory") / "datasets" / name).read_text("utf-8")


@cache
def starter_description() -> dict[str, Any]:
    """Prose about the starter database: version, sources, licences, rules of review, and what was left out."""
    return tomllib.loads(_resource("starter.toml"))


@cache
def starter_database() -> Database:
    """The packaged starter database.

    Returns
    -------
    Database
        Its digest is `cradlemark.inventory.rows.digest_of` over the datasets.
    """
    about = starter_description()
    rows = csv.DictReader(_resource("starter.csv").splitlines())
    datasets = {row["id"]: dataset_from_row(row, database=about["id"]) for row in rows}
    return Database(
        id=about["id"],
        version=about["version"],
        digest=digest_of(datasets.values()),
        licence=about["licence"],
        source=about["source"],
        datasets=datasets,
    )


def default_inventory(*others: Database) -> Inventory:
    """An inventory of one's own databases, in order of precedence, with the starter database last."""
    return Inventory((*others, starter_database()))
