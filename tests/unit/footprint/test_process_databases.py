"""Studies that use imported process databases: numbers, provenance, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.footprint.process_source import LICENCE, stored, write_source, write_study

from cradlemark.cli.opening import open_model
from cradlemark.core.errors import InputErrors, NotFoundError, TrustError
from cradlemark.core.language import Language
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.report.content import Paragraph, Table
from cradlemark.footprint.report.figures import percent
from cradlemark.footprint.report.sections import footprint_report
from cradlemark.footprint.report.words import word
from cradlemark.inventory.matching import Matcher, Query
from cradlemark.inventory.processes.imported import imported_database, stored_version
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.store import find_processes, read_processes

STEEL = 0.8 + 0.36 * (0.1 + 0.001 * 29.8)
STEEL_ID = "small:Works:Hot_rolled_steel"
ZINC_ID = "small:Zinc_smelter:Zinc"
BRASS_ID = "small:Brass_mill:Brass_strip"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store of databases."""
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "source")


def calculated(study: Path, **options: object) -> Calculation:
    return open_model(study, **options).calculate(draws=0)  # type: ignore[arg-type]


def test_line_is_amount_times_the_intensity_of_the_database(source: Path, tmp_path: Path) -> None:
    about = stored(source)
    study = write_study(tmp_path / "s", [("part", "250 g", STEEL_ID)], databases=["small"])
    line = calculated(study).footprint.lines[0]
    solved = product_intensities(read_processes(about.folder))
    row = solved.processes.index("Works")
    assert line.total == pytest.approx(0.25 * STEEL, rel=1e-12)
    assert line.total == pytest.approx(0.25 * float(solved.values[0, row]), rel=1e-12)
    assert line.climate == (line.total, 0.0, 0.0, 0.0, 0.0)
    assert dict(line.gases)["ch4_fossil"] == pytest.approx(0.25 * 0.36 * 0.001, rel=1e-12)


def test_result_names_database_digest_and_licence(source: Path, tmp_path: Path) -> None:
    about = stored(source)
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=[f"small@{about.digest}"])
    found = calculated(study).footprint
    use = found.lines[0].dataset
    assert use is not None
    assert (use.database, use.digest, use.licence, use.status) == ("small", about.digest, LICENCE, "derived")
    assert ("small", "", about.digest) in found.versions.databases


def test_recomputation_is_byte_identical_with_and_without_a_kept_catalogue(
    source: Path, tmp_path: Path
) -> None:
    about = stored(source)
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=["small"])
    first = calculated(study).document
    kept = list(about.folder.glob("catalogue-*"))
    assert kept
    assert calculated(study).document == first
    for file in kept:
        file.unlink()
    assert calculated(study).document == first


def test_gwp_set_of_the_rule_pack_is_applied_to_the_gases(source: Path, tmp_path: Path) -> None:
    stored(source)
    rules = tmp_path / "s" / "ours.toml"
    rules.parent.mkdir()
    rules.write_text(
        '[pack]\nid = "ours"\nextends = "iso-14067-2018"\nversion = "1"\nstandard = "Ours"\nstatus = "unverified"\n'
        'title = { en = "Ours", zh = "自有" }\nsource = "ours"\nstatus_note = { en = "Ours.", zh = "自有。" }\n'
        '[methods.gwp_set]\nvalue = "AR5"\n',
        encoding="utf-8",
    )
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=["small"], rules="ours.toml")
    found = calculated(study).footprint
    assert found.gwp_set == "AR5"
    assert found.lines[0].total == pytest.approx(0.8 + 0.36 * (0.1 + 0.001 * 30.0), rel=1e-12)
    assert found.data_quality.unknown_gwp_share == 0.0


def test_missing_database_is_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path / "s", [("steel", "1 kg")], databases=["small"])
    with pytest.raises(NotFoundError) as refused:
        open_model(study)
    assert refused.value.code == "database-unknown"
    assert "db import" in refused.value.hint.en


def test_other_version_than_the_one_of_the_study_is_refused(source: Path, tmp_path: Path) -> None:
    about = stored(source)
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=[f"small@{about.digest}"])
    before = calculated(study).document
    other = stored(write_source(tmp_path / "later", steel_co2=0.9))
    assert other.digest != about.digest
    assert calculated(study).document == before  # the version of the study is still there
    for file in about.folder.iterdir():
        file.unlink()
    about.folder.rmdir()
    with pytest.raises(TrustError) as refused:
        open_model(study)
    assert refused.value.code == "database-changed"


def test_touched_table_is_refused_although_a_catalogue_is_kept(source: Path, tmp_path: Path) -> None:
    about = stored(source)
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=["small"])
    calculated(study)
    other = stored(write_source(tmp_path / "later", steel_co2=0.9), database_id="other")
    (about.folder / "exchanges.parquet").write_bytes((other.folder / "exchanges.parquet").read_bytes())
    with pytest.raises(TrustError) as refused:
        open_model(study)
    assert refused.value.code == "digest-mismatch"


def test_missing_table_is_told_as_damage(source: Path, tmp_path: Path) -> None:
    about = stored(source)
    (about.folder / "exchanges.parquet").unlink()
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=["small"])
    with pytest.raises(TrustError) as refused:
        open_model(study)
    assert refused.value.code == "database-damaged"


def test_changed_catalogue_is_made_again(source: Path, tmp_path: Path) -> None:
    about = stored(source)
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=["small"])
    before = calculated(study).document
    file = next(about.folder.glob("catalogue-*.parquet"))
    file.write_bytes(file.read_bytes()[:-7] + b"changed")
    assert calculated(study).document == before


def test_imported_and_packaged_datasets_are_ranked_together(source: Path, tmp_path: Path) -> None:
    stored(source)
    study = write_study(tmp_path / "s", [("hot rolled steel", "1 kg")], databases=["small"])
    model = open_model(study)
    found = Matcher(model.inventory).find(Query("hot rolled steel", "kg", "CN", 2025), 20)
    databases = {model.inventory[match.dataset].database for match in found}
    assert databases == {"small", "starter"}
    link = calculated(study).footprint.lines[0]
    assert link.dataset is not None
    assert link.link is not None
    assert link.dataset.id == found[0].dataset


def test_negative_intensity_is_offered_but_never_taken_by_itself(source: Path, tmp_path: Path) -> None:
    stored(source)
    database = imported_database(find_processes("small"))
    study = write_study(tmp_path / "s", [("zinc", "1 kg")], databases=["small"])
    inventory = open_model(study).inventory
    alone = type(inventory)((database,))
    query = Query("zinc", "kg", "CN", 2025)
    offered = Matcher(alone).find(query)
    assert [match.dataset for match in offered] == [ZINC_ID]
    assert "negative" in offered[0].reason.en
    assert "负" in offered[0].reason.zh
    assert Matcher(alone).best(query) is None
    taken = Matcher(inventory).best(query)
    assert taken is not None
    assert taken.dataset != ZINC_ID


def test_doubts_and_cut_offs_of_a_named_process_are_told(source: Path, tmp_path: Path) -> None:
    stored(source)
    lines = [("zinc", "1 g", ZINC_ID), ("brass", "1 kg", BRASS_ID)]
    found = calculated(write_study(tmp_path / "s", lines, databases=["small"])).footprint
    told = [(note.path, note.message) for note in found.notes if note.code == "dataset-remark"]
    [finding] = [item for item in found.findings if item.rule == "factor-doubtful"]
    assert "zinc" in finding.where
    of_zinc = [message for path, message in told if path == "components[1].materials[zinc]"]
    of_brass = " ".join(message.en for path, message in told if path == "components[1].materials[brass]")
    assert [message.zh for message in of_zinc] == ["Zinc | Zinc smelter：存疑：数值为负"]
    assert "1 input of the process itself cut off" in of_brass
    assert "1 input cut off in its supply chain without estimate" in of_brass


def test_database_named_on_the_command_line_goes_before_the_study(source: Path, tmp_path: Path) -> None:
    stored(source)
    study = write_study(tmp_path / "s", [("part", "1 kg", STEEL_ID)], databases=[])
    with pytest.raises(InputErrors):
        calculated(study)
    assert calculated(study, databases=("small",)).footprint.lines[0].total == pytest.approx(STEEL)


def test_stored_version_by_the_beginning_of_a_digest(source: Path) -> None:
    about = stored(source)
    digits = about.digest.removeprefix("sha256:")
    assert stored_version(digits[:10]) == about
    assert stored_version(digits[:5]) is None
    with pytest.raises(TrustError):
        stored_version("small", "sha256:0000")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_names_licence_digest_and_share_of_each_database(
    source: Path, tmp_path: Path, language: Language
) -> None:
    about = stored(source)
    lines = [
        ("part", "1 kg", STEEL_ID),
        ("steel", "1 kg", "cn-cpcd-41121a0072022c"),
        ("zinc", "1 g", ZINC_ID),
    ]
    found = calculated(write_study(tmp_path / "s", lines, databases=["small"])).footprint
    blocks = footprint_report(found, language).blocks
    [table] = [
        block
        for block in blocks
        if isinstance(block, Table) and block.header[-1] == word("share", language) and len(block.header) == 7
    ]
    rows = {row[0]: row for row in table.rows}
    assert rows["small"][2] == LICENCE
    assert about.digest.removeprefix("sha256:").startswith(rows["small"][3])
    whole = sum(abs(line.total) for line in found.lines)
    mine = sum(abs(line.total) for line in found.lines if line.dataset and line.dataset.database == "small")
    assert rows["small"][6] == percent(mine / whole)
    [told] = [block for block in blocks if isinstance(block, Paragraph) and block.tone == "warning"
              and word("look_at", language) in block.text]  # fmt: skip
    assert {"en": "doubtful: negative", "zh": "存疑：数值为负"}[language] in told.text
