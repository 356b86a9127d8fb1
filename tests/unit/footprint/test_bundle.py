"""Sealed bundles: recomputed from themselves alone, found out when touched, shown in part."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner
from tests.unit.footprint.builders import (
    PACK,
    NamesOnly,
    dataset,
    inventory,
    kg,
    lognormal,
    material,
    part,
    rich_study,
    study,
)

from cradlemark.cli.label import label
from cradlemark.cli.verify import verify
from cradlemark.core.canonical import canonical_json, digest_bytes
from cradlemark.core.errors import CradlemarkError, InputError, MissingDataErrors, TrustError
from cradlemark.footprint.bundle.archive import Bundle, read_bundle
from cradlemark.footprint.bundle.recompute import recompute
from cradlemark.footprint.bundle.redact import check_redacted, confidential_paths, prove_line, redact, salt_of
from cradlemark.footprint.bundle.seal import seal_study
from cradlemark.product.study import Parameter, Study, Value
from cradlemark.rules.pack import pack_document

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
SECRET = bytes(range(32))


def sealed(wanted: Study, **options: Any) -> Bundle:
    held = inventory(dataset("truck", 0.1, "tkm", uncertainty=lognormal(1.4)), dataset("steel", 2.0))
    made = seal_study(
        wanted, held, NamesOnly(held), PACK, pack_document=pack_document("iso-14067-2018"), secret=SECRET,
        draws=50, **options,
    )  # fmt: skip
    return made.bundle


@pytest.fixture(scope="module")
def rich() -> Bundle:
    return sealed(rich_study())


def test_bundle_alone_gives_the_same_bytes(rich: Bundle) -> None:
    again = read_bundle(bytes(rich))
    assert again == rich
    outcome = recompute(again)
    assert outcome.identical
    assert outcome.equal
    assert outcome.stated.digest == rich.manifest["result"]
    assert bytes(again) == bytes(rich)


def test_bundle_holds_only_what_was_used(rich: Bundle) -> None:
    held = {
        item["id"] for database in json.loads(rich.parts["datasets.json"]) for item in database["datasets"]
    }
    used = set(json.loads(rich.parts["result.json"])["datasets"])
    assert used <= held
    assert "organisation-mix" not in held


@pytest.mark.parametrize("scenario", ["", "recycled-pa"])
def test_examples_are_sealed_and_recomputed(scenario: str, tmp_path: Path) -> None:
    path = tmp_path / "block.cradle"
    run = CliRunner().invoke
    arguments = ["seal", str(EXAMPLES / "terminal-block"), "--output", str(path)]
    done = run(label, [*arguments, "--scenario", scenario] if scenario else arguments)
    assert done.exit_code == 0, done.output
    told = run(verify, [str(path), "--lang", "zh"])
    assert "逐位一致" in told.output
    assert json.loads(run(verify, [str(path), "--json"]).output)["identical"] is True


def test_studies_with_gaps_are_not_sealed() -> None:
    with pytest.raises(MissingDataErrors):
        sealed(study(part("body", material("unobtainium", 1.0))))


def changed(bundle: Bundle, name: str, old: bytes, new: bytes, *, reseal: bool) -> bytes:
    parts = dict(bundle.parts) | {name: bundle.parts[name].replace(old, new, 1)}
    assert parts[name] != bundle.parts[name]
    manifest = dict(bundle.manifest)
    if reseal:
        manifest["parts"] = {key: digest_bytes(content) for key, content in sorted(parts.items())}
    return bytes(Bundle(manifest, parts))


def test_a_touched_part_is_found() -> None:
    bundle = sealed(study(part("body", material("steel", 1.0))))
    with pytest.raises(TrustError) as caught:
        read_bundle(changed(bundle, "study.toml", b"1 kg", b"2 kg", reseal=False))
    assert caught.value.code == "bundle-changed"


def test_a_resealed_lie_is_found_by_recomputing() -> None:
    bundle = sealed(study(part("body", material("steel", 1.0))))
    outcome = recompute(
        read_bundle(changed(bundle, "datasets.json", b"[2,0,0,0,0]", b"[1,0,0,0,0]", reseal=True))
    )
    assert not outcome.equal
    assert outcome.difference.startswith("result.")
    assert "sealed" in outcome.difference


def test_command_names_the_first_difference(tmp_path: Path) -> None:
    bundle = sealed(study(part("body", material("steel", 1.0))))
    path = tmp_path / "lie.cradle"
    path.write_bytes(changed(bundle, "datasets.json", b"[2,0,0,0,0]", b"[1,0,0,0,0]", reseal=True))
    done = CliRunner().invoke(verify, [str(path)])
    assert getattr(done.exception, "code", "") == "bundle-differs"


def test_every_flipped_byte_is_found_or_changes_nothing(rich: Bundle) -> None:
    content, source = bytes(rich), random.Random(3)
    for _ in range(150):
        place = source.randrange(len(content))
        flipped = (
            content[:place] + bytes([content[place] ^ (1 << source.randrange(8))]) + content[place + 1 :]
        )
        try:
            read = read_bundle(flipped)
        except CradlemarkError:
            continue
        assert read == rich, "a change went through"


def test_hostile_files_are_refused(rich: Bundle, tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 250_000_000)
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("manifest.json", b"{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("manifest.json", b"{}")
    for content in (b"", b"PK", bomb.getvalue(), twice.getvalue(), bytes(rich)[:-30], bytes(Bundle({}, {}))):
        with pytest.raises(InputError) as caught:
            read_bundle(content)
        assert caught.value.code == "bundle-unreadable"
    missing = Bundle({"schema": "cradlemark-bundle/1", "parts": {}}, {})
    with pytest.raises(InputError):
        recompute(read_bundle(bytes(missing)))


def test_redacted_bundle_keeps_its_digest_and_proves_its_lines(rich: Bundle) -> None:
    lines = json.loads(rich.parts["result.json"])["lines"]
    hidden = lines[0]["path"]
    shown = read_bundle(bytes(redact(rich, [hidden])))
    assert shown.digest == rich.digest
    assert shown.redacted
    told = check_redacted(shown)
    assert told.hidden == sum(line["path"].startswith(hidden) for line in lines)
    assert hidden.encode() not in b"".join(shown.parts.values())
    prove_line(shown, 0, lines[0], salt_of(SECRET, 0))
    for line, salt in ((lines[1], salt_of(SECRET, 0)), (lines[0], salt_of(SECRET, 1)), (lines[0] | {"amount": 9.0}, salt_of(SECRET, 0))):  # fmt: skip
        with pytest.raises(TrustError) as caught:
            prove_line(shown, 0, line, salt)
        assert caught.value.code == "line-unproven"


def test_a_lie_in_a_redacted_bundle_is_found(rich: Bundle) -> None:
    shown = redact(rich, [])
    lines = json.loads(shown.parts["open.json"])
    lines[0]["line"]["amount"] *= 2.0
    with pytest.raises(TrustError):
        check_redacted(Bundle(shown.manifest, dict(shown.parts) | {"open.json": canonical_json(lines)}))


def test_confidential_values_hide_their_lines() -> None:
    secret = material("steel", 1.0, amount=kg(1.0, confidential=True))
    parameter = Parameter("recipe", Value(0.5, "kg", confidential=True))
    made = Parameter("double", Value(None, "kg", formula="2 * recipe"))
    formula = material("copper", 1.0, amount=Value(None, "kg", formula="double"))
    wanted = study(part("a", secret, material("board", 1.0)), part("b", formula, material("foil", 1.0, amount=Value(1.0, "m2"))))  # fmt: skip
    bundle = sealed(attrs.evolve(wanted, parameters=(parameter, made)))
    hidden = confidential_paths(bundle)
    shown = check_redacted(redact(bundle, hidden)).lines
    assert {"steel" in path or "copper" in path for path in hidden} == {True}
    assert {line["path"].rpartition("[")[2].rstrip("]") for line in shown} >= {"board", "foil"}
    assert not any("steel" in line["path"] or "copper" in line["path"] for line in shown)


def test_secrets_are_long() -> None:
    held = inventory(dataset("steel", 2.0))
    with pytest.raises(InputError):
        seal_study(
            study(part("a", material("steel", 1.0))), held, NamesOnly(held), PACK,
            pack_document=pack_document("iso-14067-2018"), secret=b"short", draws=0,
        )  # fmt: skip


def test_redact_command_shows_less(tmp_path: Path) -> None:
    whole, shown = tmp_path / "whole.cradle", tmp_path / "shown.cradle"
    run = CliRunner().invoke
    run(label, ["seal", str(EXAMPLES / "die-cast-housing"), "--output", str(whole)])
    done = run(label, ["redact", str(whole), str(shown), "--hide", "operations"])
    assert done.exit_code == 0, done.output
    assert "only as digests" in done.output
    told = json.loads(run(verify, [str(shown), "--json"]).output)
    assert told["redacted"] is True
    assert told["digest"] == json.loads(run(verify, [str(whole), "--json"]).output)["digest"]
