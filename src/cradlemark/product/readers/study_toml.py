"""Read a study from its TOML document."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path as FilePath

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.system_reasons import system_reason
from cradlemark.core.toml import LARGEST_DOCUMENT, read_toml
from cradlemark.product.readers.study_document import Decoder, Path, path_text
from cradlemark.product.readers.toml_lines import LineIndex
from cradlemark.product.scenario import scenario_problems
from cradlemark.product.study import Study

_LINE = re.compile(r"line (\d+)$")


class TomlPlaces:
    """Says where a place of a TOML document is: file, table, key and line.

    Parameters
    ----------
    name : str
        Name of the file as the user knows it.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text

    @cached_property
    def _lines(self) -> LineIndex:
        return LineIndex(self._text)

    @cached_property
    def _text_lines(self) -> list[str]:
        return self._text.split("\n")

    def __call__(self, path: Path) -> str:
        """Return for example ``study.toml, table components[3].materials[0], key amount, line 41``."""
        line, depth = self._lines.line(path)
        key = path[-1] if path and isinstance(path[-1], str) else ""
        table = path_text(path[:-1] if key else path)
        parts = [self._name]
        if table:
            parts.append(f"table {table}")
        if key and (not table or depth < len(path) or self._is_key(path)):
            parts.append(f"key {key}")
        elif key:
            parts[-1] = f"table {path_text(path)}"
        if line:
            parts.append(f"line {line}")
        return ", ".join(parts)

    def _is_key(self, path: Path) -> bool:
        line, _ = self._lines.line(path)
        return not self._text_lines[line - 1].lstrip().startswith("[")


def read_study_toml(path: FilePath | str) -> Study:
    """Read a study document.

    Parameters
    ----------
    path : path
        The TOML file. Files it names (a bill of materials) are relative to it.

    Returns
    -------
    Study

    Raises
    ------
    InputErrors
        Everything that is wrong, with table, key and line.
    """
    file = FilePath(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_DOCUMENT + 1)
    except OSError as error:
        raise InputError(
            Text("the study document cannot be read: {reason}", "无法读取研究文档：{reason}").format(
                reason=system_reason(error)
            ),
            code="file-missing",
            where=file.name,
            hint=Text("check name and folder", "检查名称和文件夹"),
        ) from None
    return parse_study_toml(content, name=file.name, folder=file.parent)


def parse_study_toml(
    content: bytes | str, *, name: str = "study.toml", folder: FilePath | None = None
) -> Study:
    """Read a study from the text of its document.

    Parameters
    ----------
    content : bytes or str
        UTF-8.
    name : str
        Name of the document, for messages.
    folder : path, optional
        Where files named in the document are; None: such files are refused.

    Raises
    ------
    InputErrors
        Everything that is wrong, with table, key and line.
    """
    data = content.encode() if isinstance(content, str) else content
    document = read_toml(data, where=name)
    decoder = Decoder(TomlPlaces(name, data.decode("utf-8-sig").replace("\r\n", "\n")))
    bill = document.pop("bom", None)
    if bill is not None:
        document.setdefault("components", [])
    study = decoder.study(document)
    if bill is not None:
        # Loaded only when it is needed: the readers of workbooks are many.
        from cradlemark.product.readers.study_bom import merge_bill

        study = merge_bill(decoder, study, bill, folder)
    decoder.check(study)
    if not decoder.problems:
        decoder.problems += scenario_problems(study, where=decoder.where)
    raise_if_any(sorted(decoder.problems, key=_line))
    return study


def _line(problem: Problem) -> int:
    """Line of a problem, for the order of the document; 0 for what is in another file."""
    return int(found[1]) if (found := _LINE.search(problem.where)) else 0
