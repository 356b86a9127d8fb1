"""Read a study from its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.suggestion import did_you_mean
from cradlemark.inventory.safe_files import Sheet, read_grid
from cradlemark.product.paths import quoted
from cradlemark.product.readers.error_cells import CONTAINERS, put_error_cells
from cradlemark.product.readers.raw_paths import child_table, owners, value_holders
from cradlemark.product.readers.study_document import Decoder, Path
from cradlemark.product.readers.study_fields import read_boolean, split_list
from cradlemark.product.readers.workbook_components import nest
from cradlemark.product.readers.workbook_grid import FilledRow, FormCells, Page, Row, place_of, set_deep
from cradlemark.product.scenario import scenario_problems
from cradlemark.product.study import Study
from cradlemark.product.workbook import SheetLayout, workbook_layout

_DISTRIBUTION = ("kind", "gsd", "sd", "low", "high")


def read_study_workbook(path: FilePath | str | bytes, *, name: str = "study.xlsx") -> Study:
    """Read a study workbook.

    Parameters
    ----------
    path : path or bytes
        A workbook made from the template; its sheets may be named in either language, and further sheets of one's
        own do no harm.
    name : str
        Name of the file for messages, when bytes are given.

    Returns
    -------
    Study

    Raises
    ------
    InputErrors
        Everything that is wrong, with sheet, row and column.
    """
    where = name if isinstance(path, bytes) else FilePath(path).name
    sheets = read_grid(path, where=where)
    content = path if isinstance(path, bytes) else FilePath(path).read_bytes()
    if content[:4] in CONTAINERS:
        put_error_cells(content, sheets)
    reader = _Reader(where, sheets)
    document = reader.document()
    decoder = Decoder(lambda place: _located(document, place, where))
    decoder.incomplete |= reader.incomplete
    study = decoder.study(document)
    decoder.check(study)
    problems = [*reader.page_problems(), *reader.problems, *decoder.problems]
    if not problems:
        problems += scenario_problems(study, where=decoder.where)
    raise_if_any(problems)
    return study


def _located(document: Row, path: Path, file: str) -> str:
    return place_of(document, path) or file


class _Reader:
    """Sheets to the tables of a document; the problems gather in `problems`."""

    def __init__(self, file: str, grids: Sequence[Sheet]) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.incomplete: set[str] = set()
        self._pages = self._matched(grids)

    def _matched(self, grids: Sequence[Sheet]) -> dict[str, Page]:
        layout = workbook_layout()
        by_name = {
            text.casefold(): sheet for sheet in layout.sheets for text in (sheet.title.en, sheet.title.zh)
        }
        pages: dict[str, Page] = {}
        for grid in grids:
            sheet = by_name.get(grid.name.strip().casefold())
            if sheet is not None and sheet.kind == "readme":
                continue
            if sheet is not None:
                pages[sheet.id] = Page(self.file, sheet, grid)
            elif not grid.hidden and (hint := _misspelled(grid.name, by_name)):
                self.problems.append(
                    Problem(
                        f"{self.file}, sheet {grid.name}",
                        "sheet-unknown",
                        Text("not a known sheet", "不是已知的工作表"),
                        hint,
                    )
                )
        if "product" not in pages:
            raise InputError(
                Text(
                    "this is not a study workbook: the sheet Product is missing",
                    "这不是研究工作簿：缺少工作表 Product",
                ),
                code="sheet-missing",
                where=self.file,
                hint=Text(
                    "make the template with: cradlemark new NAME --format xlsx",
                    "用以下命令生成模板：cradlemark new NAME --format xlsx",
                ),
            )
        return pages

    def page_problems(self) -> list[Problem]:
        """What is wrong with sheets and cells that no field could tell."""
        return [problem for page in self._pages.values() for problem in page.problems]

    def document(self) -> Row:
        """Return the tables of the document."""
        document = Row()
        form = self._pages["product"].form()
        self.problems += form.problems
        self._form(document, form)
        fixed = [sheet for sheet in workbook_layout().sheets if sheet.kind == "list" and not sheet.owner]
        for sheet in fixed:
            self._fixed(document, sheet)
        self._components(document)
        self._assumptions(document)
        self._scenarios(document)
        self._model_inputs(document)
        owned = [sheet for sheet in workbook_layout().sheets if sheet.owner]
        # Legs belong to materials, so every other sheet has to be there before.
        for sheet in sorted(owned, key=lambda item: item.id == "legs"):
            self._owned(document, sheet)
        self._details(document)
        return document

    def problem(self, row: FilledRow, key: str, code: str, message: Text, hint: Text = Text()) -> None:
        self.problems.append(Problem(row.where(key), code, message, hint))

    def error(self, row: FilledRow, key: str, error: InputError) -> None:
        self.problem(row, key, error.code, error.message, error.hint)

    def _rows(self, sheet_id: str) -> list[FilledRow]:
        page = self._pages.get(sheet_id)
        return page.rows() if page else []

    def _form(self, document: Row, form: FormCells) -> None:
        for key in ("product", "product.holder", "unit"):
            set_deep(document, key)
        for key, content, row in form.cells:
            if key not in workbook_layout().presence:
                set_deep(document, key, content, row)
        for key, content, row in form.cells:
            if key in workbook_layout().presence:
                self._presence(document, key, content, row)
        _note_places(document, form)

    def _presence(self, document: Row, key: str, content: Any, row: FilledRow) -> None:
        """Yes makes a part of the study even when nothing else is said about it."""
        try:
            present = read_boolean(content)
        except InputError as error:
            self.error(row, key, error)
            return
        if present:
            child_table(document, key)
        elif key in document:
            message = Text(
                f"{key} is not part of the study, but has contents", f"{key} 不属于该研究，但有内容"
            )
            self.problem(
                row, key, "presence-conflict", message, Text("say yes, or clear them", "填 yes，或清空")
            )

    def _fixed(self, document: Row, sheet: SheetLayout) -> None:
        rows = self._rows(sheet.id)
        if not rows:
            return
        *before, key = sheet.at.split(".")
        holder: Any = document
        for part in before:
            holder = child_table(holder, part)
        holder[key] = [row.table() for row in rows]

    def _components(self, document: Row) -> None:
        nested, problems = nest(self._rows("components"))
        self.problems += problems
        if problems:
            self.incomplete.add("Component")
        document["components"] = nested

    def _assumptions(self, document: Row) -> None:
        rows = [row.table() for row in self._rows("assumptions")]
        if rows:
            document["assumptions"] = [row["text"] for row in rows]

    def _scenarios(self, document: Row) -> None:
        scenarios: dict[str, Row] = {}
        for row in self._rows("scenarios"):
            table = row.table()
            change = Row({key: table.pop(key) for key in ("path", "value") if key in table}, row)
            name = str(table.get("id", "")).strip() or next(reversed(scenarios), "")
            if not name:
                self.problem(
                    row,
                    "id",
                    "field-missing",
                    Text("the scenario needs an id", "情景需要 id"),
                    Text("write it in every row", "每行都写"),
                )
                continue
            scenario = scenarios.setdefault(name, Row({"id": name, "changes": []}, row))
            if "title" in table:
                scenario.setdefault("title", table["title"])
            if change:
                change["value"] = _scalar(change["value"]) if "value" in change else None
                scenario["changes"].append(change)
        if scenarios:
            document["scenarios"] = list(scenarios.values())

    def _model_inputs(self, document: Row) -> None:
        for row in self._rows("model_inputs"):
            operation, name = str(row.get("operation") or "").strip(), str(row.get("input") or "").strip()
            if not operation or not name:
                key = "input" if operation else "operation"
                self.problem(
                    row,
                    key,
                    "field-missing",
                    Text(f"the row needs {key}", f"该行需要 {key}"),
                    Text("or clear the row", "或清空该行"),
                )
                continue
            try:
                found = owners(document, f"operations[{quoted(operation)}]", "EnergyUse")
            except InputError as error:
                self.error(row, "operation", error)
                continue
            for table, _ in found:
                inputs = child_table(table, "model_inputs")
                if name in inputs:
                    self.problem(
                        row,
                        "input",
                        "id-twice",
                        Text(f"the input {name!r} is there twice", f"输入 {name!r} 重复"),
                        Text("remove one", "删去一个"),
                    )
                inputs[name] = row.value("value", "unit")
                if isinstance(inputs, Row):
                    inputs.rows[name] = (row, "value")

    def _owned(self, document: Row, sheet: SheetLayout) -> None:
        for row in self._rows(sheet.id):
            path = str(row.get("belongs_to") or "").strip()
            if not path:
                self.problem(
                    row,
                    "belongs_to",
                    "field-missing",
                    Text("the row does not say what it belongs to", "该行未说明属于什么"),
                    sheet.owner,
                )
                self.incomplete.add(sheet.table)
                continue
            try:
                found = owners(document, path, sheet.table)
            except InputError as error:
                self.error(row, "belongs_to", error)
                self.incomplete.add(sheet.table)
                continue
            for table, key in found:
                table.setdefault(key, []).append(row.table())

    def _details(self, document: Row) -> None:
        for row in self._rows("details"):
            path = str(row.get("path") or "").strip()
            if not path:
                self.problem(
                    row,
                    "path",
                    "field-missing",
                    Text("the row does not name a field", "该行未指明字段"),
                    Text("write its path", "写其路径"),
                )
                continue
            try:
                more = self._detail(row)
                for holder, key in value_holders(document, path):
                    content = holder[key]
                    table = dict(content) if isinstance(content, dict) else {"value": content}
                    holder[key] = {**table, **more}
            except InputError as error:
                self.error(row, "path", error)

    def _detail(self, row: FilledRow) -> dict[str, Any]:
        more: dict[str, Any] = {}
        distribution = {key: content for key in _DISTRIBUTION if (content := row.get(key)) not in (None, "")}
        if distribution:
            more["distribution"] = {key: _number(content) for key, content in distribution.items()}
        if note := row.get("note"):
            more["note"] = str(note)
        if evidence := row.get("evidence"):
            more["evidence"] = split_list(str(evidence))
        if confidential := row.get("confidential"):
            more["confidential"] = read_boolean(confidential)
        return more


def _note_places(document: Row, form: FormCells) -> None:
    """Remember the rows of fields that are empty, for messages about what is missing."""
    for section in ("", "product", "product.holder", "unit", "use", "use.losses"):
        table: Any = document
        for part in section.split(".") if section else ():
            table = table.get(part, {})
        if isinstance(table, Row):
            prefix = f"{section}." if section else ""
            for key, place in form.places.items():
                own = key.removeprefix(prefix)
                if key.startswith(prefix) and "." not in own:
                    table.rows.setdefault(own, place)


def _number(content: object) -> object:
    """Numbers of a distribution that were stored as text, so that no digit was lost."""
    if isinstance(content, str):
        try:
            return float(content)
        except ValueError:
            return content.strip()
    return content


def _scalar(content: Any) -> Any:
    if isinstance(content, str) and content.startswith('"'):
        items = split_list(f"[{content}]")
        return items[0] if len(items) == 1 else content
    return content


def _misspelled(name: str, known: dict[str, SheetLayout]) -> Text:
    hint = did_you_mean(name.strip(), known)
    return hint if hint.en.startswith("did you mean") else Text()
