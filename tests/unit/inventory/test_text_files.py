"""Text of any encoding and delimiter."""

from __future__ import annotations

import pytest

from cradlemark.core.errors import InputError
from cradlemark.inventory.safe_files import read_grid
from cradlemark.inventory.text_files import decode_text, read_delimited, sniff_delimiter


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("名称,数量\n外壳,1\n", "gb18030", "gb18030"),
        ("名称,数量\n外壳,1\n", "utf-8", "utf-8"),
        ("名称,数量\n外壳,1\n", "utf-8-sig", "utf-8-sig"),
        ("名称\t数量\n", "utf-16", "utf-16"),
        ("name;Stück\nGehäuse;1\n" * 5, "utf-16-le", "utf-16-le"),
        ("Gehäuse;Öl;Prüfung ±5 °C\n", "cp1252", "cp1252"),
        ("ÄÖÜ äöü ß Größe\n", "cp1252", "cp1252"),
        ("plain ascii", "ascii", "utf-8"),
        ("黄铜带（CuZn37），厚度≥0.5 mm\n", "gb18030", "gb18030"),
    ],
)
def test_encoding_is_found(text, encoding, found):
    decoded, name = decode_text(text.encode(encoding), "a.csv")
    assert decoded == text
    assert name == found


def test_other_encodings_are_left_to_detection():
    text = "Příliš žluťoučký kůň úpěl ďábelské ódy a šťastně běžel dál přes zelené louky\n" * 20
    decoded, _encoding = decode_text(text.encode("cp1250"), "a.csv")
    assert "ó" in decoded


def test_broken_utf16_is_refused():
    with pytest.raises(InputError) as caught:
        decode_text(b"\xff\xfea\x00b", "a.csv")
    assert caught.value.code == "file-encoding"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("Gehäuse;1,5\nÖl;2,0\n", ";"),
        ("a\tb\n1,000\t2\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("only one column\nno more\n", ","),
        ("", ","),
    ],
)
def test_delimiter_is_found(text, delimiter):
    assert sniff_delimiter(text) == delimiter


def test_rows_have_one_length_and_empty_cells_are_none():
    assert read_delimited("a,b,c\n1\n,, \n", where="a.csv").rows == [
        ["a", "b", "c"],
        ["1", None, None],
        [None, None, None],
    ]


def test_line_that_names_the_separator_is_obeyed():
    assert read_delimited("sep=;\na;b\n", where="a.csv").rows == [["a", "b"]]


def test_quoted_cells_keep_delimiters_and_line_ends():
    assert read_grid(b'a,b\r\n"x, y","1\n2"\r\n', where="a.csv")[0].rows[1] == ["x, y", "1\n2"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_end_of_line_and_line_breaks_in_cells(end: str) -> None:
    text = end.join(("a,b", '"x', 'y",2', "", "p\u2028q,r"))
    assert read_delimited(text, where="x.csv", delimiter=",").rows == [
        ["a", "b"],
        [f"x{end}y", "2"],
        [None, None],
        ["p\u2028q", "r"],
    ]
