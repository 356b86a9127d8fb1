import hashlib

import numpy as np
import pytest

from cradlemark.core.canonical import (
    DEEPEST_DOCUMENT,
    LARGEST_INTEGER,
    canonical_json,
    digest,
    digest_bytes,
    digest_file,
    read_json,
)
from cradlemark.core.errors import InputError


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_order_of_keys_and_kind_of_sequence_do_not_matter():
    assert canonical_json({"b": (1, 2), "a": None}) == canonical_json({"a": None, "b": [1.0, 2.0]})
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_order_of_items_and_kind_of_value_do_matter():
    assert digest([1, 2]) != digest([2, 1])
    assert len({digest(value) for value in (None, False, 0, "", "0", [], {})}) == 7


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, float("nan")]}, "$.a[1]"),
        ([float("inf")], "$[0]"),
        ({"a": {"b": LARGEST_INTEGER + 1}}, "$.a.b"),
        (-LARGEST_INTEGER - 1, "$"),
        ({1: 2}, "$"),
        ({"a": "\ud800"}, "$.a"),
        ({"\udfff": 1}, "$"),
        ({"a": b"bytes"}, "$.a"),
        ({"a": {1, 2}}, "$.a"),
        ({"a": object()}, "$.a"),
        (np.int64(3), "$"),
        (nested(DEEPEST_DOCUMENT + 1), "$[0]"),
    ],
)
def test_value_without_canonical_form_is_refused_at_its_place(value, path):
    with pytest.raises(InputError) as caught:
        canonical_json(value)
    assert caught.value.code == "canonical-value"
    assert path in caught.value.message.en


def test_limits_are_met_exactly():
    assert canonical_json([LARGEST_INTEGER, -LARGEST_INTEGER]) == b"[9007199254740991,-9007199254740991]"
    assert canonical_json(nested(DEEPEST_DOCUMENT)).startswith(b"[[[")


def test_endless_value_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(InputError, match="nested"):
        canonical_json(endless)


def test_digests_are_sha256(tmp_path):
    # FIPS 180-4 example: SHA-256 of "abc".
    abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_bytes(b"abc") == abc
    file = tmp_path / "abc.txt"
    file.write_bytes(b"abc")
    assert digest_file(file) == abc
    assert digest("abc") == "sha256:" + hashlib.sha256(b'"abc"').hexdigest()


@pytest.mark.parametrize("value", [2.0**53, -(2.0**60), 1e20, 9007199254740991, 0.1, -0.0, 1e21, "9" * 30])
def test_what_is_read_back_has_the_same_digest(value):
    assert digest(read_json(canonical_json({"a": [value]}))) == digest({"a": [value]})


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b'{"a": 1, "a": 2}', "json-value", "twice"),
        (b"[NaN]", "json-value", "NaN"),
        (b"[-Infinity]", "json-value", "Infinity"),
        (b"9007199254740993", "json-value", "double"),
        (b"[1e999]", "json-value", "double"),
        (b"9" * 5000, "json-value", "double"),
        (b'{"a":\n 1,}', "json-syntax", "line 2"),
        (b"", "json-syntax", "line 1"),
        (b'"\xff"', "json-syntax", "UTF-8"),
        (b"[" * 100000, "json-syntax", "nested"),
    ],
)
def test_json_that_has_no_one_meaning_is_refused(data, code, word):
    with pytest.raises(InputError) as caught:
        read_json(data, where="claim.json")
    assert caught.value.code == code
    assert caught.value.where.startswith("claim.json")
    assert word in str(caught.value)
