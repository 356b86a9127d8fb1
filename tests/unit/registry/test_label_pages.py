"""Pages of labels in the public folder: written when something changes and not otherwise, whole, and after what they need."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from tests.registers import DATABASES, Registers, skip_unless_reachable
from tests.unit.registry.builders import NOW, numbered
from tests.unit.registry.conftest import PROGRAMME

from cradlemark.label.claim import Claim
from cradlemark.label.credential import label_address
from cradlemark.label.number import LabelNumber
from cradlemark.registry.home import Home, create_home

PASSPHRASE = "several words in a row"
LATER = NOW + datetime.timedelta(days=9)


def publish(home: Home, time: datetime.datetime = NOW) -> int:
    from cradlemark.registry.publication.publish import publish_all

    return publish_all(home, passphrase=PASSPHRASE, time=time).written


def issue(home: Home, count: int = 1, *, key: str = "case", previous: str = "") -> list[str]:
    from cradlemark.registry.labels.issue import IssueRequest
    from cradlemark.registry.labels.issue import issue as issue_labels
    from cradlemark.registry.labels.sign import credential_signer

    def claim(number: LabelNumber) -> Claim:
        return attrs.evolve(numbered(number), previous=previous)

    sign = credential_signer(home, passphrase=PASSPHRASE, time=NOW).label
    requests = [IssueRequest(f"{key} {number}", claim) for number in range(count)]
    return [label.number for label in issue_labels(requests, mark="DEMO", time=NOW, sign=sign)]


def change(number: str, step: str, role: str = "officer") -> None:
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    request = ChangeRequest(f"{step} {number}", number, step, role, "A person", "Surveillance is overdue.")
    change_state(request, steps=load_programme("demonstration").label_steps, time=LATER)


def folder(home: Home, number: str) -> Path:
    return home.public / label_address("", number)[1:]


def written(home: Home) -> dict[str, int]:
    """When each public file was written: its inode, since every writing makes a new file."""
    return {
        str(path.relative_to(home.public)): path.stat().st_ino
        for path in home.public.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def published_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    """Registers with keys, published once and copied; keys take their time."""
    made = Registers(tmp_path_factory.mktemp("published"), begin)
    yield made
    made.drop()


def begin(folder: Path) -> None:
    """Make a register with keys and publish it."""
    home = create_home(folder, programme=PROGRAMME, origin="example.org/labels")
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    publish(home)


@pytest.fixture(params=DATABASES)
def ready(published_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    """A copy of one."""
    skip_unless_reachable(request.param)
    with published_registers.copy(request.param, tmp_path / "home") as made:
        yield made


def test_first_publication_has_shared_files_and_the_page_for_unknown_numbers(ready: Home) -> None:
    missing = (ready.public / "404.html").read_text("utf-8")
    for address in re.findall(r'(?:href|src)="/labels/(assets/[^"]+)"', missing):
        assert (ready.public / address).is_file()
    assert "/labels/assets/lost." in missing


def test_pages_are_there_in_both_languages(ready: Home) -> None:
    (number,) = issue(ready)
    publish(ready)
    label = folder(ready, number)
    english, chinese = ((label / name).read_text("utf-8") for name in ("en.html", "zh.html"))
    assert '<html lang="en">' in english
    assert '<html lang="zh-Hans">' in chinese
    assert (label / "index.html").read_text("utf-8") == english  # the programme begins in English
    for link in re.findall(r'(?:href|src)="([^"#]+)"', english):
        if "problem/" not in link:
            assert (label / link).exists(), link


def test_programme_that_begins_in_chinese(ready: Home) -> None:
    path = ready.folder / "programme.toml"
    path.write_text(
        path.read_text("utf-8").replace('mark = "DEMO"', 'mark = "DEMO"\nlanguage = "zh"'), "utf-8"
    )
    (number,) = issue(ready)
    publish(ready)
    label = folder(ready, number)
    assert (label / "index.html").read_bytes() == (label / "zh.html").read_bytes()


def test_state_change_rewrites_the_pages_of_that_label_only(ready: Home) -> None:
    first, second = issue(ready, 2)
    publish(ready)
    before = written(ready)
    change(first, "suspend")
    assert publish(ready, LATER) == 1
    after = written(ready)
    changed = {name for name in after if after[name] != before.get(name)}
    pages = {
        f"{label_address('', first)[1:]}/{name}"
        for name in ("index.html", "en.html", "zh.html", "status.json")
    }
    assert pages <= changed
    assert not any(name.startswith((label_address("", second)[1:], "assets/", "404")) for name in changed)
    text = (folder(ready, first) / "en.html").read_text("utf-8")
    assert 'class="banner stopped"' in text
    assert "7 December 2026" in text
    assert "A person" not in text


def test_nothing_is_written_when_nothing_changes(ready: Home) -> None:
    issue(ready, 2)
    publish(ready)
    before = written(ready)
    assert publish(ready, LATER) == 0
    assert written(ready) == before


def test_status_tells_when_each_change_was(ready: Home) -> None:
    (number,) = issue(ready)
    change(number, "suspend")
    publish(ready, LATER)
    (told,) = json.loads((folder(ready, number) / "status.json").read_bytes())["changes"]
    assert told["time"] == "2026-12-07T12:00:00Z"
    assert set(told) == {"time", "step", "state", "role", "reason", "index"}


def test_label_that_is_followed_names_its_successor(ready: Home) -> None:
    (first,) = issue(ready)
    publish(ready)
    assert 'href="../../l/' not in (folder(ready, first) / "en.html").read_text("utf-8")
    (second,) = issue(ready, key="next", previous=first)
    assert publish(ready) == 2
    pages = {number: (folder(ready, number) / "en.html").read_text("utf-8") for number in (first, second)}
    assert f'href="{label_address("../..", second)}/"' in pages[first]
    assert f'href="{label_address("../..", first)}/"' in pages[second]
    assert "Figures, unit, boundary and rules are the same as before." in pages[second]


@pytest.mark.parametrize(
    "broken", ["stages.csv", "en.html", "zh.html", "index.html", "page.css", "404.html", "edition.txt"]
)
def test_what_a_crash_left_is_finished_by_the_next_run(
    ready: Home, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.files import write_file
    from cradlemark.registry.publication import label_pages

    (number,) = issue(ready)
    (ready.public / "assets" / "edition.txt").write_text("older")

    def write(path: Path, content: bytes) -> None:
        if broken in (path.name, re.sub(r"\.[0-9a-f]{12}\.", ".", path.name)):
            raise OSError("no space left on device")
        write_file(path, content)

    with monkeypatch.context() as crash:
        crash.setattr(label_pages, "write_file", write)
        with pytest.raises(OSError, match="no space"):
            publish(ready)
    assert complete(folder(ready, number), ready.public)
    publish(ready)
    assert (folder(ready, number) / "index.html").is_file()
    assert complete(folder(ready, number), ready.public)
    before = written(ready)
    publish(ready)
    assert written(ready) == before


def complete(label: Path, public: Path) -> bool:
    """Whether every page that is there finds its styles, scripts and files."""
    pages = list(label.glob("*.html"))
    links = [
        link for page in pages for link in re.findall(r'(?:href|src)="([^"#?]+)"', page.read_text("utf-8"))
    ]
    return all(
        (label / link).exists() for link in links if not link.endswith(("problem/", "zh.html", "en.html"))
    )


def test_new_way_of_making_pages_rewrites_all_of_them(ready: Home) -> None:
    numbers = issue(ready, 3)
    publish(ready)
    path = ready.folder / "programme.toml"
    path.write_text(
        path.read_text("utf-8").replace("Cradlemark demonstration programme", "Renamed programme"), "utf-8"
    )
    assert publish(ready) == 3
    for number in numbers:
        assert "Renamed programme, operated by" in (folder(ready, number) / "en.html").read_text("utf-8")
    assert "Renamed programme" in (ready.public / "404.html").read_text("utf-8")
    assert publish(ready) == 0
