"""Read a study from wherever it is: a TOML document, a workbook, or a folder with one of them."""

from __future__ import annotations

from pathlib import Path

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text
from cradlemark.product.readers.study_toml import read_study_toml
from cradlemark.product.study import Study

DOCUMENT_NAMES = ("study.toml", "study.xlsx")
"""What a study document is called in a folder of its own, in this order."""


def read_study(path: Path | str) -> Study:
    """Read a study.

    Parameters
    ----------
    path : path
        A TOML document, a workbook made from the template, or a folder that holds ``study.toml`` or
        ``study.xlsx``.

    Returns
    -------
    Study
        Self-contained: what other files brought in is part of it.

    Raises
    ------
    InputErrors
        Everything that is wrong, each with its place in the document.
    NotFoundError
        ``file-missing`` when there is no such file.
    """
    file = study_file(path)
    if file.suffix.lower() == ".toml":
        return read_study_toml(file)
    # Loaded only when it is needed: most studies are TOML.
    from cradlemark.product.readers.study_workbook import read_study_workbook

    return read_study_workbook(file)


def study_file(path: Path | str) -> Path:
    """Find the study document that a file or folder name means.

    Raises
    ------
    NotFoundError
        ``file-missing``.
    """
    place = Path(path)
    if place.is_dir():
        for name in DOCUMENT_NAMES:
            if (place / name).is_file():
                return place / name
        raise NotFoundError(
            Text(f"there is no study in {place.name}", f"{place.name} 中没有研究"),
            code="file-missing",
            where=place.name,
            hint=Text(
                f"it needs {' or '.join(DOCUMENT_NAMES)}; make one with: cradlemark new NAME",
                f"需要 {' 或 '.join(DOCUMENT_NAMES)}；用以下命令新建：cradlemark new NAME",
            ),
        )
    if not place.is_file():
        raise NotFoundError(
            Text(f"there is no file {place.name}", f"没有文件 {place.name}"),
            code="file-missing",
            where=place.name,
            hint=Text(
                "check name and folder; make a study with: cradlemark new NAME",
                "检查名称和文件夹；用以下命令新建研究：cradlemark new NAME",
            ),
        )
    return place
