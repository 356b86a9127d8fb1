"""Credentials under random changes: never believed, and never an error that is not ours."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.label.credentials import INDEX, NOW, controller, document, signed, status_list

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import TrustError
from cradlemark.label.credential_verification import verify_credential
from cradlemark.label.status_list import ENTRIES, bit, bits_of, pack, unpack

TEXT = signed()
LIST = status_list("suspension", {INDEX: "active"})
PLAIN = json.loads(canonical_json(document()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        found += paths(inner, (*path, name))
    return found


@given(place=st.integers(0, len(TEXT) - 1), mark=st.characters(max_codepoint=0x2FF))
def test_no_changed_text_is_believed(place: int, mark: str) -> None:
    changed = TEXT[:place] + mark + TEXT[place + 1 :]
    if changed.strip() == TEXT:
        return
    with contextlib.suppress(TrustError):
        assert not verify_credential(changed, controller=controller(), now=NOW).believed


@settings(deadline=None)
@given(path=st.sampled_from(paths(PLAIN)), value=JSON)
def test_any_content_gets_a_verdict(path: tuple[Any, ...], value: Any) -> None:
    content = copy.deepcopy(PLAIN)
    place = content
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    try:
        text = signed(content)
    except ValueError:
        return
    found = verify_credential(text, controller=controller(), now=NOW, status_lists=[LIST])
    assert {check.outcome for check in found.checks} <= {"holds", "fails", "not_checked"}


@settings(deadline=None)
@given(st.sets(st.integers(0, ENTRIES - 1), max_size=300), st.integers(0, ENTRIES - 1))
def test_status_lists_keep_every_bit(positions: set[int], asked: int) -> None:
    bits = unpack(pack(bits_of(positions)))
    assert all(bit(bits, position) for position in positions)
    assert bit(bits, asked) is (asked in positions)
