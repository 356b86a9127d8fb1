"""Uploaded documents of studies."""

from __future__ import annotations

from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.registry.studies.reading import read_limited

ENDINGS = (".toml", ".xlsx")


def study_from_upload(name: str, content: bytes) -> tuple[str, Text, tuple[str, ...]]:
    """Read an uploaded study.

    Parameters
    ----------
    name : str
        Of the file; only its ending counts.
    content : bytes

    Returns
    -------
    tuple of str, Text and tuple of str
        Its document (TOML), and the name and models of the product.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with it.
    """
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            Text(f"{Path(name).name[:80]!r} is no study", f"{Path(name).name[:80]!r} 不是研究"), code="file-format",
            hint=Text("upload a study as TOML or as a workbook (XLSX)", "上传 TOML 或工作簿（XLSX）格式的研究"),
        )  # fmt: skip
    found = read_limited("study", name, content)
    return str(found["document"]), Text(**found["name"]), tuple(found["models"])
