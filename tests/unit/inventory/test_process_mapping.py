"""Mapping files: what a person decides is done, what cannot be done is listed, and both belong to the identity."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from tests.unit.inventory.test_process_import import (
    Document,
    base,
    exchange,
    intensity,
    process,
    with_makers,
    works,
    write,
)

from cradlemark.core.errors import InputError, InputErrors
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.processes.cut_offs import cut_off_weights
from cradlemark.inventory.processes.mapping_files import read_mapping
from cradlemark.inventory.processes.mapping_template import open_flows, template_csv, template_toml
from cradlemark.inventory.processes.solved import solve_database
from cradlemark.inventory.starter import default_inventory

TWO = (("hall-us", "US"), ("hall-de", "DE"))


def mapped(
    folder: Path, documents: dict[str, Document], lines: list[dict[str, Any]], allocation: str = "declared"
) -> ProcessImport:
    folder.mkdir(exist_ok=True)
    path = folder / "mapping.toml"
    path.write_text(tomli_w.dumps({"input": lines}), encoding="utf-8")
    archive = write(folder, documents)
    return import_processes(archive, allocation=allocation, mapping=read_mapping(path))


def link(imported: ProcessImport, user: str = "works") -> str:
    exchanges = imported.database["exchanges"]
    owner = imported.database["processes"].texts("id").index(user)
    rows = [
        row
        for row, process in enumerate(exchanges.integers("process").tolist())
        if process == owner and exchanges.texts("role")[row] == "input"
    ]
    return exchanges.texts("link")[rows[0]]


def makers() -> dict[str, Document]:
    documents = with_makers(*TWO)
    documents["processes/hall-de.json"]["exchanges"][1]["amount"] = 3.0
    return documents


@pytest.mark.parametrize(("provider", "heat"), [("hall-us", 1.0), ("hall-de", 3.0)])
def test_a_provider_is_chosen(tmp_path: Path, provider: str, heat: float) -> None:
    imported = mapped(tmp_path, makers(), [{"flow": "heat", "provider": provider}])
    assert link(imported) == "mapping"
    assert imported.report.links["mapping"] == 1
    assert intensity(imported, "steel") == pytest.approx((800.0 + 360.0 * heat) / 1000.0)
    assert imported.report.balanced
    assert imported.report.chosen[0].exchanges == 1


def test_the_most_particular_line_counts(tmp_path: Path) -> None:
    lines = [
        {"flow": "heat", "provider": "hall-us"},
        {"flow": "heat", "place": "CN-GD", "cut_off": "own steam"},
        {"flow": "heat", "process": "works", "provider": "hall-de"},
    ]
    imported = mapped(tmp_path, makers(), lines)
    assert intensity(imported, "steel") == pytest.approx((800.0 + 360.0 * 3.0) / 1000.0)
    unused = {problem.where for problem in imported.report.problems if problem.code == "mapping-unused"}
    assert unused == {"mapping.toml, input 1", "mapping.toml, input 2"}
    assert link(mapped(tmp_path, makers(), lines[:2])) == "open_by_mapping"


def test_a_decision_goes_before_the_declared_provider(tmp_path: Path) -> None:
    documents = works()
    documents["processes/other.json"] = process(
        "other", [exchange(1, "heat", 1.0, "MJ", reference=True), exchange(2, "co2", 1.0, "kg")]
    )
    imported = mapped(tmp_path, documents, [{"flow": "heat", "process": "works", "provider": "other"}])
    assert link(imported) == "mapping"


def test_another_product_with_a_factor(tmp_path: Path) -> None:
    """Heat [MJ] comes as 0.05 kg steam each, of 4 kg CO2/kg."""
    documents = makers()
    documents["flows/steam.json"] = base(2)["flows/steel.json"] | {"@id": "steam", "name": "steam"}
    documents["processes/steamer.json"] = process(
        "steamer", [exchange(1, "steam", 2.0, "kg", reference=True), exchange(2, "co2", 8.0, "kg")]
    )
    line = {"flow": "heat", "provider": "steamer", "provider_flow": "steam"}
    imported = mapped(tmp_path, documents, [line | {"factor": 0.05}])
    assert intensity(imported, "steel") == pytest.approx((800.0 + 360.0 * 0.05 * 4.0) / 1000.0)
    refused = mapped(tmp_path, documents, [line]).report
    assert [problem.code for problem in refused.problems] == ["mapping-unit"]
    assert refused.links["open_several_producers"] == 1


def test_a_substitute_is_chosen_for_a_by_product(tmp_path: Path) -> None:
    documents = works()
    documents["processes/works.json"]["exchanges"].append(exchange(9, "slag", 100.0, "kg"))
    documents["processes/quarry.json"] = process(
        "quarry", [exchange(1, "gravel", 1.0, "kg", reference=True), exchange(2, "co2", 20.0, "g")]
    )
    documents["flows/gravel.json"] = base(2)["flows/steel.json"] | {"@id": "gravel", "name": "gravel"}
    lines = [{"flow": "slag", "provider": "quarry", "provider_flow": "gravel", "factor": 0.5}]
    imported = mapped(tmp_path, documents, lines, "substitution")
    assert intensity(imported, "steel") == pytest.approx(0.886 - 0.1 * 0.5 * 0.02)
    alone = mapped(tmp_path, documents, [], "substitution")
    assert intensity(alone, "steel") == pytest.approx(0.886)
    cut = alone.database["cut_offs"]
    assert cut.numbers("amount").tolist() == [-100.0]


def test_cut_off_on_purpose_is_still_a_cut_off(tmp_path: Path) -> None:
    imported = mapped(tmp_path, makers(), [{"flow": "heat", "cut_off": "below 1 % of the mass"}])
    assert imported.report.links["open_by_mapping"] == 1
    assert imported.report.counts["exchanges unlinked"] == 2  # and the scrap, which nobody treats
    assert imported.report.balanced
    assert imported.database["mappings"].texts("cut_off") == ("below 1 % of the mass",)


@pytest.mark.parametrize(
    ("proxy", "value"),
    [("hall-de/heat", 3.0), ("starter:el-cn-cf-2024", None)],
)
def test_a_proxy_is_chosen_for_the_estimate(tmp_path: Path, proxy: str, value: float | None) -> None:
    imported = mapped(tmp_path, makers(), [{"flow": "heat", "proxy": proxy}])
    assert link(imported) == "open_several_producers"
    matcher = Matcher(default_inventory())
    if value is None:
        dataset = matcher.inventory["el-cn-cf-2024"]
        value = dataset.climate.total / 3.6  # per kWh, heat is in MJ
    found = cut_off_weights(solve_database(imported.database), matcher)
    (heat,) = (each for each in found.inputs if each.name.en == "heat")
    assert heat.proxy is not None
    assert heat.proxy.value == pytest.approx(value)
    assert heat.proxy.source == proxy


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"flow": "cold", "provider": "hall-us"}, "mapping-unknown"),
        ({"flow": "heat", "provider": "hall-u"}, "mapping-unknown"),
        ({"flow": "heat", "process": "nobody", "provider": "hall-us"}, "mapping-unknown"),
        ({"flow": "heat", "provider": "works"}, "mapping-product"),
        ({"flow": "heat", "provider": "hall-us", "cut_off": "why"}, "mapping-choice"),
        ({"flow": "heat", "proxy": "hall-us/heat", "place": "CN"}, "mapping-choice"),
        ({"flow": "steel", "provider": "works"}, "mapping-unused"),
        ({"flow": "heat", "place": "FR", "provider": "hall-us"}, "mapping-unused"),
    ],
)
def test_what_cannot_be_done_is_listed_and_the_rest_is_done(
    tmp_path: Path, line: dict[str, Any], code: str
) -> None:
    good = {"flow": "heat", "process": "works", "provider": "hall-us"}
    imported = mapped(tmp_path, makers(), [line, good])
    (problem,) = imported.report.problems
    assert problem.code == code
    assert problem.where == "mapping.toml, input 1"
    assert link(imported) == "mapping"


def test_an_input_decided_twice(tmp_path: Path) -> None:
    lines = [{"flow": "heat", "provider": "hall-us"}, {"flow": "heat", "provider": "hall-de"}]
    imported = mapped(tmp_path, makers(), lines)
    assert [problem.code for problem in imported.report.problems] == ["mapping-duplicate"]
    assert intensity(imported, "steel") == pytest.approx((800.0 + 360.0) / 1000.0)


def test_decisions_belong_to_the_identity_and_their_form_does_not(tmp_path: Path) -> None:
    lines = [
        {"flow": "heat", "provider": "hall-us"},
        {"flow": "scrap", "cut_off": "left out"},
    ]
    one = mapped(tmp_path / "1", makers(), lines).database
    two = mapped(tmp_path / "2", makers(), lines[::-1]).database
    table = tmp_path / "mapping.csv"
    table.write_text(
        "cut_off;provider;flow\r\nleft out;;scrap\r\n;hall-us;heat\r\n", encoding="utf-8-sig", newline=""
    )
    three = import_processes(write(tmp_path / "3", makers()), mapping=read_mapping(table)).database
    assert one.digest == two.digest == three.digest
    reason = [lines[0], {"flow": "scrap", "cut_off": "another reason"}]
    assert mapped(tmp_path / "4", makers(), reason).database.digest != one.digest
    assert mapped(tmp_path / "5", makers(), []).database.digest != one.digest


HOSTILE = '=cmd|"\n[[input]]\\\x1b'


def chosen(text: str, kind: str) -> str:
    """The template with the first offer of a kind taken for each input."""
    out, done = [], False
    for line in text.splitlines():
        done = done and not line.startswith("[[input]]")
        if not done and line.startswith(f"# {kind} = "):
            done = True
            out.append(line[2:])
        else:
            out.append(line)
    return "\n".join(out)


def test_template_is_filled_in_and_read_back(tmp_path: Path) -> None:
    documents = makers()
    documents["flows/open.json"] = base(2)["flows/steel.json"] | {"@id": HOSTILE, "name": "Sulfuric acid\nx"}
    documents["processes/works.json"]["exchanges"].append(exchange(9, HOSTILE, 1.0, "kg", taken=True))
    imported = import_processes(write(tmp_path, documents))
    opened = open_flows(imported.database, Matcher(default_inventory()))
    assert {each.flow for each in opened} == {"heat", "scrap", HOSTILE}
    assert sum(each.uses for each in opened) == imported.report.counts["exchanges unlinked"] + 1
    heat = next(each for each in opened if each.flow == "heat")
    assert [c.provider for c in heat.candidates if c.kind == "provider"] == ["hall-de", "hall-us"]
    path = tmp_path / "open.toml"
    text = template_toml(imported.database.id, opened)
    assert [entry["flow"] for entry in tomllib.loads(text)["input"]] == [each.flow for each in opened]
    path.write_text(text, encoding="utf-8")
    assert read_mapping(path).choices == ()
    assert read_mapping(path).undecided == 3
    path.write_text(chosen(text, "provider"), encoding="utf-8")
    again = import_processes(write(tmp_path, documents), mapping=read_mapping(path))
    assert again.report.links["mapping"] >= 1
    assert not [p for p in again.report.problems if p.code.startswith("mapping")]
    table = tmp_path / "open.csv"
    rows = list(csv.reader(io.StringIO(template_csv(opened).lstrip("\ufeff"), newline="")))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@"}]
    place = rows[0].index("cut_off")
    for row in rows[1:]:
        row[place] = "small"
    text_of = io.StringIO()
    csv.writer(text_of).writerows(rows)
    table.write_text(text_of.getvalue(), encoding="utf-8")
    choices = read_mapping(table).choices
    assert {choice.flow for choice in choices} == {"heat", "scrap", HOSTILE}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("m.toml", b"[[input]]\nflow = ", "file-format"),
        ("m.toml", b"input = 3", "file-format"),
        ("m.toml", b"x = " + b"[" * 100_000, "file-format"),
        ("m.toml", b'[[input]]\nflow = "a"\nprovidr = "b"', "mapping-field"),
        ("m.toml", b"[[input]]\nflow = 3", "mapping-field"),
        ("m.toml", b'[[input]]\nprovider = "b"', "value-missing"),
        ("m.toml", b'[[input]]\nflow = "a"\nfactor = 0', "number-invalid"),
        ("m.toml", b'[[input]]\nflow = "a"\nfactor = inf', "number-invalid"),
        ("m.toml", b'[[input]]\nflow = "a"\nfactor = true', "number-invalid"),
        ("m.toml", b'[other]\nflow = "a"', "mapping-field"),
        ("m.csv", b"flow;factor\na;1,2,3,x", "number-invalid"),
        ("m.csv", b"fluss;provider\na;b", "mapping-field"),
        ("m.csv", b"\x00\x01\x02binary\x00", "file-format"),
    ],
)
def test_bad_mapping_files(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((InputError, InputErrors)) as caught:
        read_mapping(path)
    codes = (
        {p.code for p in caught.value.problems}
        if isinstance(caught.value, InputErrors)
        else {caught.value.code}
    )
    assert code in codes


def test_all_bad_lines_at_once_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes("flow,provider,factor\n,x,1\na,b,nix\nb,c,2\n".encode("utf-16"))
    with pytest.raises(InputErrors) as caught:
        read_mapping(path)
    assert [problem.where for problem in caught.value.problems] == ["m.csv, line 2", "m.csv, line 3"]
    with pytest.raises(InputError) as missing:
        read_mapping(tmp_path / "gone.toml")
    assert missing.value.code == "file-missing"


def editions(*about: Mapping[str, str]) -> dict[str, Document]:
    documents = with_makers()
    for number, each in enumerate(about):
        documents[f"processes/h{number}.json"] = process(
            f"h{number}",
            [exchange(1, "heat", 1.0, "MJ", reference=True), exchange(2, "co2", 1.0, "kg")],
            location={"@id": "l", "name": each.get("place", "US")}, version=each.get("version", ""),
            processDocumentation={"validUntil": each.get("until", "")},
        ) | {"name": each.get("name", "Boiler")}  # fmt: skip
    return documents


@pytest.mark.parametrize(
    ("about", "provider"),
    [
        ([{"until": "2019-12-31"}, {"until": "2024-12-31"}], "h1"),
        ([{"until": "2024-06-30"}, {"until": "2024"}], "h1"),
        ([{"version": "01.10.000"}, {"version": "01.09.000"}], "h0"),
        ([{"until": "2024", "version": "01.00.000"}, {"until": "2023", "version": "09.00.000"}], "h0"),
        ([{"until": "2024"}, {"until": "2024"}], ""),
        ([{"until": "2019", "name": "Boiler"}, {"until": "2024", "name": "Furnace"}], ""),
        ([{"until": "2019", "place": "US"}, {"until": "2024", "place": "DE"}], ""),
    ],
)
def test_the_newest_of_several_editions(tmp_path: Path, about: list[dict[str, str]], provider: str) -> None:
    imported = import_processes(write(tmp_path, editions(*about)))
    exchanges = imported.database["exchanges"]
    row = exchanges.texts("role").index("input")
    chosen = int(exchanges.integers("provider")[row])
    assert (imported.database["processes"].texts("id")[chosen] if chosen >= 0 else "") == provider
    assert exchanges.texts("link")[row] == ("newest" if provider else "open_several_producers")


def test_factor_that_a_comma_cuts_is_no_other_factor(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("flow,provider,factor\na,b,1,2\n,x,1\nc,d,2\n", encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        read_mapping(path)
    assert [(problem.where, problem.code) for problem in caught.value.problems] == [
        ("m.csv, line 2, column D", "cells-moved"),
        ("m.csv, line 3", "value-missing"),
    ]
