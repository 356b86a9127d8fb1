"""The header of an export: which separator, which decimal separator, which of the two layouts.

Since SimaPro 8.1 every entry stands in braces on a line of its own; before, the first line was
``SimaPro 8.0.4.30;processes;Date:;26.08.2016;...`` and said neither separator nor decimal separator, values of a
process stood behind their heading, and amounts before their unit. Some entries are translated
(``{Projet: ...}``, ``{Skip empty fields: Oui}``); those that matter here were not in any export seen.
"""

from __future__ import annotations

import re
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

SEPARATORS = {
    "semicolon": ";", "comma": ",", "tab": "\t", "tabulator": "\t", "tabulation": "\t", "semikolon": ";",
    "point-virgule": ";", "puntkomma": ";", "punto y coma": ";", "punto e virgola": ";", "virgule": ",", "komma": ",",
    "coma": ",", "virgola": ",",
}  # fmt: skip
"""Names of separators, in the languages of SimaPro."""
_ENTRY = re.compile(r'^"?\{(.*)\}"?[;,\t ]*$')
_OLD = re.compile(r"^SimaPro\b[^;,\t]*([;,\t])")


@attrs.frozen
class Header:
    """What the header says.

    Parameters
    ----------
    separator : str
        Between cells.
    decimal : str
        Decimal separator; empty when the header does not say (old layout).
    layout : {"new", "old"}
    entries : mapping of str to str
        All ``key: value`` entries, keys in lower case.
    """

    separator: str
    decimal: str
    layout: Literal["new", "old"]
    entries: dict[str, str]


def looks_like_simapro(text: str) -> bool:
    r"""Whether a document begins like an export.

    Examples
    --------
    >>> looks_like_simapro("{SimaPro 9.1.0.7}\n{processes}\n"), looks_like_simapro("Joe's LCA Software\tprocesses")
    (True, False)
    """
    first = text.lstrip('\ufeff"').lstrip()
    if first.startswith("{SimaPro"):
        return True
    return bool(_OLD.match(first)) or (first.startswith("{") and "{CSV separator:" in first)


def is_header_line(line: str) -> bool:
    """Whether a line is an entry in braces."""
    return bool(_ENTRY.match(line.strip()))


def read_header(lines: list[str], *, where: str) -> Header:
    """Read the lines at the beginning of a document.

    Raises
    ------
    InputError
        ``simapro-header`` when it names no separator that is known, or none for decimals.
    """
    old = _OLD.match(lines[0]) if lines else None
    if old:
        return Header(old.group(1), "", "old", {})
    entries: dict[str, str] = {}
    for line in lines:
        found = _ENTRY.match(line.strip())
        if found:
            key, _, value = found.group(1).partition(":")
            entries[key.strip().lower()] = value.strip()
    stated = entries.get("csv separator", "")
    separator = SEPARATORS.get(stated.lower(), stated)
    decimal = entries.get("decimal separator", "")
    if separator not in {";", ",", "\t"}:
        raise _unknown(
            Text(
                f"the header names no separator that is known ({stated[:40]!r})",
                f"文件头未写明已知的分隔符（{stated[:40]!r}）",
            ),
            where,
        )
    if decimal not in {".", ","}:
        raise _unknown(
            Text(
                f"the header names no decimal separator that is known ({decimal[:40]!r})",
                f"文件头未写明已知的小数点（{decimal[:40]!r}）",
            ),
            where,
        )
    return Header(separator, decimal, "new", entries)


def _unknown(message: Text, where: str) -> InputError:
    return InputError(
        message, code="simapro-header", where=where,
        hint=Text("the export needs the lines {CSV separator: Semicolon} and {Decimal separator: .} as they apply", ("导出文件须按实际写明 {CSV separator: Semicolon} 和 {Decimal separator: .} 两行")),
    )  # fmt: skip
