"""The bill of materials of the software lists exactly what the lock file ships, with digests."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from scripts.software_bill import bill


def test_bill_is_valid_and_complete() -> None:
    content = bill()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(content) is None
    document = json.loads(content)
    listed = {one["name"].lower(): one for one in document["components"]}
    lock = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))
    locked = {(one["name"], one["version"]) for one in lock["package"]}
    assert {(name, one["version"]) for name, one in listed.items()} <= locked
    wanted = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in (*wanted["dependencies"], *wanted["optional-dependencies"]["s3"]):
        name = requirement.partition(">")[0].partition("[")[0].lower()
        assert name in listed, name
    assert not {"pytest", "schemathesis", "moto", "mypy"} & listed.keys()
    for one in listed.values():
        assert one["externalReferences"][0]["hashes"][0]["alg"] == "SHA-256"
        assert one["purl"].startswith("pkg:pypi/")
    assert bill() == content
