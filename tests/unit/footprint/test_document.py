"""The result document: schema, digest, round trip, hostile copies, byte identity."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.footprint.builders import footprint, material, part, rich_study, study

from cradlemark.core.errors import CradlemarkError, InputError, TrustError
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.document import from_bytes, read_result, schema, to_bytes
from cradlemark.footprint.explain import explain
from cradlemark.footprint.footprint import Footprint

ROOT = Path(__file__).parents[3]


def sealed(document: dict[str, Any]) -> bytes:
    """The bytes of a document with a digest that fits, as anybody can make them."""
    plain = {**document, "digest": ""}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return text.replace('"digest":""', f'"digest":"{digest}"', 1).encode()


def test_the_schema_is_a_schema_and_strict() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())

    def objects(node: object) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            for child in node.values():
                yield from objects(child)
        elif isinstance(node, list):
            for child in node:
                yield from objects(child)

    found = list(objects(schema()))
    assert len(found) > 15
    for node in found:
        assert node["additionalProperties"] is not True
        if "properties" in node:
            assert node["additionalProperties"] is False
            assert set(node["required"]) == set(node["properties"])


def test_results_follow_the_schema(rich: Calculation) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    document = json.loads(rich.document)
    assert [error.message for error in validator.iter_errors(document)] == []
    for wanted in (
        footprint(study(part("A", material("plastic", 1.0)))),
        footprint(study(), allow_gaps=True),
        (open_link := footprint(study(part("A", material("unobtainium", 1.0))), allow_gaps=True)),
    ):
        assert [error.message for error in validator.iter_errors(json.loads(to_bytes(wanted)))] == []
    assert open_link.gaps


def _set(*path: object, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        node: Any = document
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value

    return change


CHANGES = [
    _set("extra", value=1),
    _set("lines", 0, "amount", value="1"),
    _set("lines", 0, "stage", value="E1"),
    _set("lines", 0, "climate", value=[1.0]),
    _set("lines", value={}),
    _set("lines", 0, "dataset", value="not there"),
    _set("gwp_set", value="AR7"),
    _set("draws", value=True),
    _set("draws", value=-1),
    _set("subject", "boundary", value="cradle_to_moon"),
    _set("subject", "models", value="ABC"),
    _set("totals", "total", value=None),
    _set("versions", "databases", 0, value=["a", "b"]),
    _set("data_quality", "pef", value=[]),
    _set("findings", value=None),
    _set("subject", value=None),
]


@pytest.mark.parametrize("change", CHANGES)
def test_documents_of_wrong_kind_are_refused_though_their_digest_fits(
    rich: Calculation, change: Callable[[dict[str, Any]], None]
) -> None:
    document = json.loads(rich.document)
    change(document)
    assert (
        list(jsonschema.Draft202012Validator(schema()).iter_errors(document))
        or document["lines"][0]["dataset"]
    )
    with pytest.raises(InputError) as refused:
        from_bytes(sealed(document), where="result.json")
    assert (refused.value.code, refused.value.where) == ("result-unreadable", "result.json")
    assert refused.value.hint.en


@pytest.mark.parametrize(
    "key", ["totals", "lines", "datasets", "links", "subject", "versions", "intervals", "seed"]
)
def test_documents_with_a_part_missing_are_refused(rich: Calculation, key: str) -> None:
    document = json.loads(rich.document)
    del document[key]
    with pytest.raises(InputError) as refused:
        from_bytes(sealed(document))
    assert refused.value.code == "result-unreadable"


def test_totals_that_are_not_the_sums_of_the_lines_are_refused(rich: Calculation) -> None:
    document = json.loads(rich.document)
    document["totals"]["total"] *= 0.9
    with pytest.raises(InputError, match="totals"):
        from_bytes(sealed(document))


def test_the_sealing_of_this_test_is_that_of_the_program(rich: Calculation) -> None:
    assert sealed(json.loads(rich.document)) == rich.document


def test_every_changed_byte_is_seen(rich: Calculation) -> None:
    data = rich.document
    for place in range(0, len(data), max(len(data) // 60, 1)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises((TrustError, InputError)):
            from_bytes(changed)
    number = data.replace(b'"draws":200', b'"draws":201', 1)
    with pytest.raises(TrustError) as refused:
        from_bytes(number)
    assert refused.value.code == "result-changed"


HOSTILE = {
    "empty": b"",
    "not JSON": b"hello",
    "not UTF-8": b"\xff\xfe\x00",
    "another kind of JSON": b"[1, 2]",
    "another schema": b'{"schema": "cradlemark-footprint/0", "digest": "x"}',
    "no digest": b'{"schema": "cradlemark-footprint/1"}',
    "deep": b'{"schema":"cradlemark-footprint/1","lines":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deeper than canonical": b'{"schema":"cradlemark-footprint/1","lines":' + b"[" * 300 + b"]" * 300 + b"}",
    "huge integer": b'{"schema":"cradlemark-footprint/1","draws":' + b"9" * 10_000 + b"}",
    "huge number": b'{"schema":"cradlemark-footprint/1","draws":1e999}',
    "not a number": b'{"schema":"cradlemark-footprint/1","draws":NaN}',
    "key twice": b'{"schema":"cradlemark-footprint/1","schema":"cradlemark-footprint/1"}',
    "digest of another kind": b'{"schema":"cradlemark-footprint/1","digest":{"a":[]}}',
    "lone surrogate": b'{"schema":"cradlemark-footprint/1","gwp_set":"\\ud800"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_clearly(name: str) -> None:
    with pytest.raises(CradlemarkError) as refused:
        from_bytes(HOSTILE[name], where="result.json")
    assert refused.value.code in {"result-unreadable", "result-changed"}
    assert len(refused.value.message.en) < 300


@pytest.mark.parametrize(
    "change",
    [
        _set("draws", value=2**70),
        _set("lines", 0, "amount", value=1e308),
        _set("lines", 0, "label", "en", value="\ud800"),
        _set("subject", "declared_amount", value="1e5"),
        _set("subject", "service_life", value="20"),
    ],
)
def test_sealed_documents_with_impossible_values_are_refused(
    rich: Calculation, change: Callable[[dict[str, Any]], None]
) -> None:
    document = json.loads(rich.document)
    change(document)
    try:
        data = sealed(document)
    except UnicodeEncodeError:
        data = json.dumps(document).encode()
    with pytest.raises(CradlemarkError):
        from_bytes(data)


def test_round_trip(rich: Calculation) -> None:
    again = from_bytes(rich.document)
    assert again == rich.footprint
    assert to_bytes(again) == rich.document
    assert again.digest == rich.footprint.digest


def test_files_and_folders(rich: Calculation, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_bytes(rich.document)
    assert read_result(tmp_path) == read_result(tmp_path / "result.json") == rich.footprint
    with pytest.raises(InputError) as refused:
        read_result(tmp_path / "nothing.json")
    assert refused.value.code == "file-unreadable"


def test_every_line_of_a_read_result_explains(rich: Calculation) -> None:
    again = from_bytes(rich.document)
    for line in again.lines:
        found = [item for item in explain(again, f"{line.stage}/{line.path}") if item.line == line]
        assert found, line.path
        assert found[0].steps


def test_texts_that_look_like_the_seal_do_not_disturb_it() -> None:
    tricky = 'x "digest":"" y'
    wanted = study(part('"digest":""', material("plastic", 1.0)), pcr=tricky, place="CN")
    found = footprint(wanted)
    assert from_bytes(to_bytes(found)) == found


SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from tests.unit.footprint.builders import calculation, rich_study
sys.stdout.buffer.write(calculation(rich_study(), draws=300).document)
"""


def _elsewhere(**environment: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(root=str(ROOT))],
        env={**os.environ, **environment}, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout


def test_recomputation_is_byte_identical_in_another_process() -> None:
    first = _elsewhere(
        PYTHONHASHSEED="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C", TZ="UTC"
    )
    second = _elsewhere(
        PYTHONHASHSEED="42",
        OMP_NUM_THREADS="2",
        OPENBLAS_NUM_THREADS="2",
        LC_ALL="C.UTF-8",
        TZ="Asia/Shanghai",
    )
    assert first == second
    from tests.unit.footprint.builders import calculation

    assert first == calculation(rich_study(), draws=300).document


def test_the_result_of_another_study_has_another_digest(result: Footprint) -> None:
    changed = footprint(rich_study(place="DE"), draws=200, allow_gaps=True)
    assert changed.digest != result.digest
