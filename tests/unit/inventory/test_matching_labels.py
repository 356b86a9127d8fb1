"""Matching against the labelled list: the bars, and the misses in print."""

import csv
from pathlib import Path

import pytest

from cradlemark.inventory.matching import Matcher, Query
from cradlemark.inventory.starter import default_inventory, starter_database

LABELS = Path(__file__).parents[2] / "reference" / "matching_labels.csv"
ROLES = {"material", "energy", "electricity", "transport", "process", "waste"}


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(default_inventory())


def query_of(line: dict[str, str]) -> Query:
    return Query(line["text"], unit=line["unit"], place=line["place"], role=line["role"])  # type: ignore[arg-type]


def wanted(line: dict[str, str]) -> set[str]:
    return set(filter(None, line["datasets"].split("|")))


def test_the_list_is_large_and_sound(lines: list[dict[str, str]]) -> None:
    known = set(starter_database().datasets)
    keys = [(line["text"], line["role"], line["unit"], line["place"]) for line in lines]
    assert len(keys) == len(set(keys))
    assert len(lines) >= 260
    assert sum(not wanted(line) for line in lines) >= 60
    assert {line["role"] for line in lines} == ROLES
    assert {line["split"] for line in lines} == {"dev", "test", "second", "third", "unseen"}
    han = sum(any("一" <= mark <= "鿿" for mark in line["text"]) for line in lines)
    assert 0.3 < han / len(lines) < 0.7
    unknown = {dataset for line in lines for dataset in wanted(line)} - known
    assert not unknown


@pytest.mark.parametrize("split", ["dev", "test", "second", "third", "unseen", "all"])
def test_bars(lines: list[dict[str, str]], matcher: Matcher, split: str) -> None:
    chosen = [line for line in lines if split in (line["split"], "all")]
    answerable = [line for line in chosen if wanted(line)]
    hopeless = [line for line in chosen if not wanted(line)]
    first = fifth = opened = 0
    for line in answerable:
        best, found = matcher.best(query_of(line)), matcher.find(query_of(line))
        hit = best is not None and best.dataset in wanted(line)
        first += hit
        fifth += any(match.dataset in wanted(line) for match in found)
        if not hit:
            print(
                "MISS",
                line["text"],
                "->",
                [(match.dataset, match.score) for match in found[:2]],
                best is None,
            )
    for line in hopeless:
        best = matcher.best(query_of(line))
        opened += best is None
        if best is not None:
            print("GUESSED", line["text"], "->", best.dataset, best.score)
    print(
        f"{split}: top-1 {first / len(answerable):.1%}, top-5 {fifth / len(answerable):.1%} of {len(answerable)}; "
        f"left open {opened / len(hopeless):.1%} of {len(hopeless)}"
    )
    assert first / len(answerable) >= 0.85
    assert fifth / len(answerable) >= 0.95
    assert opened / len(hopeless) >= 0.90


def test_every_match_has_a_reason_in_both_languages(lines: list[dict[str, str]], matcher: Matcher) -> None:
    for line in lines:
        for match in matcher.find(query_of(line)):
            assert match.reason.en.endswith("."), line["text"]
            assert match.reason.zh.endswith("。"), line["text"]


def test_full_width_and_upper_case_and_blanks_change_nothing(
    lines: list[dict[str, str]], matcher: Matcher
) -> None:
    """Chinese input methods write full-width letters, exports pad with blanks."""
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    for line in lines:
        plain = matcher.best(query_of(line))
        for text in (
            line["text"].translate(wide),
            f"  {line['text']}\t",
            line["text"].replace(" ", "\u3000"),
        ):
            other = matcher.best(query_of({**line, "text": text}))
            assert (other and other.dataset) == (plain and plain.dataset), text
