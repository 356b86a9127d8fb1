"""Pictures and the certificate of a label in its public folder: there while the mark may be used, and never half."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs
import pytest
from pypdf import PdfReader
from tests.registers import DATABASES, Registers, skip_unless_reachable
from tests.unit.label.artwork.orders import terminal_claim
from tests.unit.registry.builders import NOW
from tests.unit.registry.test_label_pages import LATER, PASSPHRASE, begin, change, folder, written

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.language import Text
from cradlemark.label.artwork.scan import scan
from cradlemark.label.certificate.verify import check_certificate
from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.home import Home
from cradlemark.registry.publication.publish import Outcome

PICTURES = {
    "full.zh.light.svg", "full.en.light.svg", "full.both.light.svg", "strip.both.light.svg", "micro.both.light.svg",
    "certificate.pdf",
}  # fmt: skip


@pytest.fixture(scope="module")
def published_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    made = Registers(tmp_path_factory.mktemp("published"), begin)
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
def ready(published_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    skip_unless_reachable(request.param)
    with published_registers.copy(request.param, tmp_path / "home") as made:
        yield made


@cache
def model() -> Claim:
    return terminal_claim(gtin="")


def issue(home: Home, count: int = 1, *, holder: str = "") -> list[str]:
    from cradlemark.registry.labels.issue import IssueRequest
    from cradlemark.registry.labels.issue import issue as issue_labels
    from cradlemark.registry.labels.sign import credential_signer

    def claim(number: LabelNumber) -> Claim:
        made = attrs.evolve(model(), number=str(number))
        return attrs.evolve(made, holder=attrs.evolve(made.holder, name=Text(holder, ""))) if holder else made

    sign = credential_signer(home, passphrase=PASSPHRASE, time=NOW).label
    requests = [IssueRequest(f"case {holder} {number}", claim) for number in range(count)]
    return [label.number for label in issue_labels(requests, mark="DEMO", time=NOW, sign=sign)]


def publish(home: Home, artworks: int | None = None) -> Outcome:
    from cradlemark.registry.publication.publish import publish_all

    return publish_all(home, passphrase=PASSPHRASE, time=LATER, artworks=artworks)


def drawn(home: Home, number: str) -> set[str]:
    return {path.name for path in folder(home, number).iterdir() if path.suffix in (".svg", ".pdf", ".png")}


def index(home: Home, number: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((folder(home, number) / "artworks.json").read_bytes())
    return found


def test_label_is_drawn_and_its_pages_show_it(ready: Home) -> None:
    from cradlemark.registry.keys.models import Key

    (number,) = issue(ready)
    assert publish(ready).drawn == 1
    assert drawn(ready, number) == PICTURES
    label = folder(ready, number)
    assert index(ready, number)["files"] == {
        name: digest_bytes((label / name).read_bytes()) for name in PICTURES
    }
    for language in ("en", "zh"):
        page = (label / f"{language}.html").read_text("utf-8")
        assert f'src="full.{language}.light.svg"' in page
        assert 'href="certificate.pdf"' in page
    assert scan((label / "micro.both.light.svg").read_bytes()) == (f"HTTPS://EXAMPLE.ORG/L/{number}",)
    keys = {bytes(row.public_key) for row in Key.objects.filter(purpose="document")}
    assert check_certificate((label / "certificate.pdf").read_bytes(), keys=keys).claim.number == number


def test_drawing_waits_and_a_few_are_drawn_at_a_time(ready: Home) -> None:
    numbers = issue(ready, 3)
    assert (publish(ready, 0).drawn, [drawn(ready, number) for number in numbers]) == (0, [set()] * 3)
    assert [publish(ready, 2).drawn, publish(ready, 2).drawn, publish(ready, 2).drawn] == [2, 1, 0]
    assert [drawn(ready, number) for number in numbers] == [PICTURES] * 3


def test_nothing_is_drawn_when_nothing_changes(ready: Home) -> None:
    issue(ready, 2)
    publish(ready)
    before = written(ready)
    assert publish(ready).drawn == 0
    assert written(ready) == before


def test_pictures_go_with_the_mark_at_once_and_the_certificate_says_why(ready: Home) -> None:
    first, second = issue(ready, 2)
    publish(ready)
    before = written(ready)
    change(first, "suspend")
    publish(ready, 0)
    assert drawn(ready, first) == set()  # before anything new is drawn
    assert ".svg" not in re.sub(r"icon\.\w+\.svg", "", (folder(ready, first) / "en.html").read_text("utf-8"))
    assert publish(ready).drawn == 1
    assert drawn(ready, first) == {"certificate.pdf"}
    for page in PdfReader(folder(ready, first) / "certificate.pdf").pages:
        assert "Suspended" in page.extract_text()
        assert "暂停" in page.extract_text()
    assert 'href="certificate.pdf"' in (folder(ready, first) / "en.html").read_text("utf-8")
    assert {name: before[name] for name in before if second in name} == {
        name: inode for name, inode in written(ready).items() if second in name
    }


def test_a_label_that_is_valid_again_gets_its_pictures_back(ready: Home) -> None:
    (number,) = issue(ready)
    publish(ready)
    change(number, "suspend")
    publish(ready)
    change(number, "clear")
    publish(ready)
    assert drawn(ready, number) == PICTURES
    assert "Suspended" not in PdfReader(folder(ready, number) / "certificate.pdf").pages[0].extract_text()


@pytest.mark.parametrize("broken", [*sorted(PICTURES), "en.html", "index.html", "artworks.json"])
def test_what_a_crash_left_is_finished_by_the_next_run(
    ready: Home, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.files import write_file
    from cradlemark.registry.publication import artworks, label_pages

    (number,) = issue(ready)
    publish(ready, 0)

    def write(path: Path, content: bytes) -> None:
        if path.name == broken:
            raise OSError("no space left on device")
        write_file(path, content)

    with monkeypatch.context() as crash:
        for module in (artworks, label_pages):
            crash.setattr(module, "write_file", write)
        with pytest.raises(OSError, match="no space"):
            publish(ready)
    assert not (folder(ready, number) / "artworks.json").exists()
    assert publish(ready).drawn == 1
    assert drawn(ready, number) == PICTURES
    assert index(ready, number)["files"].keys() == PICTURES


def test_damaged_and_stray_files_are_repaired_when_the_label_is_published_anew(ready: Home) -> None:
    from cradlemark.registry.publication.outbox import enqueue

    (number,) = issue(ready)
    publish(ready)
    label = folder(ready, number)
    (label / "full.zh.light.svg").write_bytes(b"<svg/>")
    (label / "strip.en.light.svg").write_bytes(b"<svg/>")
    (label / "certificate.pdf").unlink()
    enqueue("label", [number])
    assert publish(ready).drawn == 1
    assert drawn(ready, number) == PICTURES
    assert (
        digest_bytes((label / "full.zh.light.svg").read_bytes())
        == index(ready, number)["files"]["full.zh.light.svg"]
    )


def test_a_label_that_cannot_be_drawn_is_told_once_and_stops_nobody(ready: Home) -> None:
    (wrong,) = issue(ready, holder="\N{ARABIC LETTER AIN}")
    (right,) = issue(ready)
    outcome = publish(ready)
    assert [(problem.where, problem.code) for problem in outcome.problems] == [(wrong, "artwork-glyph")]
    assert (drawn(ready, wrong), drawn(ready, right)) == (set(), PICTURES)
    assert (publish(ready).problems, publish(ready).drawn) == ((), 0)


def test_certificates_of_an_exposed_key_are_signed_anew(ready: Home) -> None:
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.replace import replace_key

    (number,) = issue(ready)
    publish(ready)
    replace_key(ready, "document", passphrase=PASSPHRASE, time=LATER, compromised=False)
    assert publish(ready).drawn == 0  # what a former key signed stays good
    replace_key(ready, "document", passphrase=PASSPHRASE, time=LATER, compromised=True)
    assert publish(ready).drawn == 0  # the first key is not the exposed one
    from cradlemark.registry.keys.distrust import distrust_key

    distrust_key(ready, "document-1", passphrase=PASSPHRASE, time=LATER, reason="Drill.")
    assert publish(ready).drawn == 1
    (key,) = Key.objects.filter(purpose="document", until=None)
    content = (folder(ready, number) / "certificate.pdf").read_bytes()
    assert check_certificate(content, keys={bytes(key.public_key)}).claim.number == number
