"""Read an input-output table from an archive: the one entry of this package for the import of process databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.cell_values import cell_text
from cradlemark.inventory.importers.archive import Archive
from cradlemark.inventory.importers.input_output.accounts import (
    Account,
    Core,
    Entries,
    aligned,
    entries_of,
    output_of_demand,
    per_output,
    sectors_of,
    total_output,
)
from cradlemark.inventory.importers.input_output.characterised import (
    Factor,
    is_characterisation,
    read_factors,
)
from cradlemark.inventory.importers.input_output.database_tables import database_tables
from cradlemark.inventory.importers.input_output.labels import UNIT, Label, Part
from cradlemark.inventory.importers.input_output.layout import Document, description, documents
from cradlemark.inventory.importers.input_output.matrix_reader import LabelledMatrix
from cradlemark.inventory.processes.collect import Collected
from cradlemark.inventory.processes.tables import FloatArray
from cradlemark.inventory.table_columns import plain

FORMAT = "input-output table"
NOTHING = Entries(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))


def read_input_output(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read an input-output table.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many documents are done.

    Returns
    -------
    Collected
        With activities and matrices; a cell, label or factor that cannot be used is refused by itself and listed.

    Raises
    ------
    InputError
        ``table-header-missing``, ``sector-unmatched``, ``output-missing``, ``id-duplicate`` when the core of the table
        (transactions or coefficients, and what total output needs) cannot be read.
    """
    return _Reading(archive, progress).read()


class _Reading:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.documents, self.others = documents(archive)
        self.problems: list[Problem] = []
        self.counts: Counter[str] = Counter()
        self.unread: Counter[Text] = Counter(Text(f"file {name}", f"文件 {name}") for name in self.others)
        self.factors: list[Factor] = []
        self._progress = progress
        self._done = 0

    def read(self) -> Collected:
        core = self._core()
        accounts = self._accounts(core)
        assembled, languages = database_tables(
            core, accounts, self.factors, counts=self.counts, problems=self.problems
        )
        about = description(self.archive)
        system = f", {about['system']}" if about.get("system") else ""
        return Collected(
            f"{FORMAT}{system}",
            assembled.tables,
            self.counts,
            languages,
            self.unread,
            tuple(self.problems),
            assembled,
        )

    def _core(self) -> Core:
        of = self._by_part(("transactions", "coefficients", "demand", "output"))
        used, spare = (
            (of["coefficients"], of["transactions"]) if of["coefficients"] else (of["transactions"], None)
        )
        if used is None:
            raise InputError(
                Text(
                    "there is no matrix of transactions (Z) or coefficients (A)",
                    "没有交易矩阵（Z）或系数矩阵（A）",
                ),
                code="table-header-missing",
                where=self.archive.name,
                hint=Text(
                    "name it Z or A, or let its name end with _Z or _A",
                    "命名为 Z 或 A，或使名称以 _Z 或 _A 结尾",
                ),
            )
        matrix = self._matrix(used)
        units, unit = self._units("")
        sectors = sectors_of(matrix, units, unit, used.where)
        found, problems, lost = self._square(matrix, used.where)
        self._note(problems, lost)
        categories, demand = self._demand(of["demand"], matrix)
        output = self._output(of["output"], spare, used, matrix, found, demand)
        if used.part == "transactions":
            coefficients, lost = per_output(found, output)
        else:
            coefficients, lost = found, 0
            idle = (output == 0.0) & (np.bincount(found.column, minlength=len(sectors)) > 0)
            output = np.where(
                idle, np.nan, output
            )  # coefficients hold whether the sector makes anything that year or not
        self.counts["exchanges read"] += len(found) + len(demand)
        self.counts["exchanges refused"] += lost
        core = Core(matrix.rows, sectors, coefficients, output, categories, demand, problems, lost)
        self._name_idle(core, used.where)
        return core

    def _square(self, matrix: LabelledMatrix, where: str) -> tuple[Entries, list[Problem], int]:
        if tuple(matrix.rows) == tuple(matrix.columns):
            return entries_of(matrix), [], 0
        found, problems, lost = aligned(matrix, rows=None, columns=matrix.rows, where=where)
        missing = len(set(matrix.rows) - set(matrix.columns))
        if missing:
            problems.append(
                Problem(
                    where,
                    "sector-unmatched",
                    Text(
                        f"{missing:,} rows have no column: they are sectors without inputs",
                        f"有 {missing:,} 行没有对应的列：这些部门没有投入",
                    ),
                    Text("give every sector its column", "为每个部门给出其列"),
                )
            )
        return found, problems, lost

    def _demand(self, document: Document | None, matrix: LabelledMatrix) -> tuple[tuple[Label, ...], Entries]:
        if document is None:
            return (), NOTHING
        demand = self._matrix(document)
        found, problems, lost = aligned(demand, rows=matrix.rows, columns=None, where=document.where)
        self._note(problems, lost)
        return demand.columns, found

    def _output(
        self,
        given: Document | None,
        spare: Document | None,
        used: Document,
        matrix: LabelledMatrix,
        found: Entries,
        demand: Entries,
    ) -> FloatArray:
        size = len(matrix.rows)
        if given is not None:
            vector = self._matrix(given)
            values, problems, lost = aligned(vector, rows=matrix.rows, columns=None, where=given.where)
            self._note(problems, lost)
            self._compare_output(values, found, demand, size, given, used)
            return np.bincount(values.row, weights=values.value, minlength=size).astype(np.float64)
        if used.part == "transactions":
            if not len(demand):
                raise InputError(
                    Text(
                        "total output is not known: there is neither final demand (Y) nor total output (x)",
                        "总产出未知：既无最终需求（Y）也无总产出（x）",
                    ),
                    code="output-missing",
                    where=used.where,
                    hint=Text("add a document Y or x", "补充文档 Y 或 x"),
                )
            return total_output(found, demand, size)
        if spare is not None and len(demand):
            transactions, problems, lost = self._square(self._matrix(spare), spare.where)
            self._note(problems, 0)
            return total_output(transactions, demand, size)
        if len(demand):
            return output_of_demand(found, demand, size, where=used.where)
        return np.full(size, np.nan)

    def _compare_output(
        self, values: Entries, found: Entries, demand: Entries, size: int, given: Document, used: Document
    ) -> None:
        """A stated total output that rows do not add up to is used as it stands, and listed."""
        if used.part != "transactions" or not len(demand):
            return
        stated = np.bincount(values.row, weights=values.value, minlength=size)
        summed = total_output(found, demand, size)
        far = np.flatnonzero(np.abs(stated - summed) > 1e-3 * np.maximum(np.abs(stated), np.abs(summed)))
        if far.size:
            self.problems.append(
                Problem(
                    given.where,
                    "sum-mismatch",
                    Text(
                        f"{far.size:,} sectors have a total output that differs by more than 0.1 % from Z 1 + Y 1",
                        f"有 {far.size:,} 个部门的总产出与 Z 1 + Y 1 相差超过 0.1 %",
                    ),
                    Text("the stated output is used; check the table", "采用所给的总产出；请检查表格"),
                )
            )

    def _name_idle(self, core: Core, where: str) -> None:
        names = [
            f"{s.region} {s.name}".strip()
            for s, active in zip(core.sectors, core.active, strict=True)
            if not active
        ]
        for name in names[:200]:
            self.problems.append(
                Problem(
                    where,
                    "output-zero",
                    Text(
                        f"the sector {name[:80]!r} makes nothing: it has no coefficients",
                        f"部门 {name[:80]!r} 无产出：没有系数",
                    ),
                    Text("inputs from it are cut off", "来自它的投入被截断"),
                )
            )
        if len(names) > 200:
            self.problems.append(
                Problem(
                    where,
                    "output-zero",
                    Text(f"and {len(names) - 200:,} more sectors", f"另有 {len(names) - 200:,} 个部门"),
                )
            )
        for place in np.flatnonzero(core.output < 0.0).tolist():
            name = core.sectors[place].name
            self.problems.append(
                Problem(
                    where,
                    "output-negative",
                    Text(
                        f"the sector {name[:80]!r} has a negative total output",
                        f"部门 {name[:80]!r} 的总产出为负",
                    ),
                    Text("check final demand", "检查最终需求"),
                )
            )
        self.counts["sectors"] = len(core.sectors)
        self.counts["sectors without output"] = len(names)

    def _accounts(self, core: Core) -> list[Account]:
        groups: dict[str, dict[Part, Document]] = {}
        loose: list[Document] = []
        for document in self.documents:
            if document.part in {"stressors", "intensities", "demand_stressors"}:
                groups.setdefault(document.folder, {})[document.part] = document
            elif document.part == "other":
                loose.append(document)
            elif document.part in {"list", "derived"}:
                derived = Text("result, not needed", "结果，无需读取")
                listed = Text("list, not needed", "列表，无需读取")
                self._pass_over(document, derived if document.part == "derived" else listed)
        found = [self._account(core, folder, parts) for folder, parts in sorted(groups.items())]
        return [*found, *self._loose_accounts(core, loose)]

    def _account(self, core: Core, folder: str, parts: Mapping[Part, Document]) -> Account:
        name = folder.rpartition("/")[2] or "satellite account"
        chosen = parts.get("intensities") or parts.get("stressors")
        if "intensities" in parts and "stressors" in parts:
            self._pass_over(parts["stressors"], Text("intensities are read instead", "改为读取强度"))
        units, unit = self._units(folder)
        first = self._matrix(chosen) if chosen else None
        of_demand = self._matrix(parts["demand_stressors"]) if "demand_stressors" in parts else None
        direct = chosen is not None and chosen.part == "intensities"
        return self._put_together(core, name, first, of_demand, direct, units, unit, folder or name)

    def _put_together(
        self,
        core: Core,
        name: str,
        first: LabelledMatrix | None,
        of_demand: LabelledMatrix | None,
        direct: bool,
        units: Mapping[Label, str],
        unit: str,
        where: str,
    ) -> Account:
        where = f"{self.archive.name}, {where}"
        basis = first or of_demand
        if basis is None:
            raise ValueError("an account has a matrix")
        labels = basis.rows
        own = tuple(u or units.get(label, "") or unit for label, u in zip(labels, basis.units, strict=True))
        intensities, lost = NOTHING, 0
        if first is not None:
            raw, problems, unmatched = aligned(first, rows=None, columns=core.labels, where=where)
            self._note(problems, unmatched)
            self.counts["exchanges read"] += len(raw)
            intensities, lost = (raw, 0) if direct else self._divided(raw, core, where)
        demanded = NOTHING
        if of_demand is not None:
            demanded, problems, unmatched = aligned(
                of_demand, rows=labels, columns=core.categories, where=where
            )
            self._note(problems, unmatched)
            self.counts["exchanges read"] += len(demanded)
        self.counts["exchanges refused"] += lost
        return Account(name, labels, own, intensities, demanded)

    def _divided(self, raw: Entries, core: Core, where: str) -> tuple[Entries, int]:
        if np.isnan(core.output).any() and len(raw):
            unknown = np.isnan(core.output[raw.column])
            if unknown.any():
                raise InputError(
                    Text(
                        "total output is not known, so the account cannot be brought to one unit of output",
                        "总产出未知，因此账户无法换算为单位产出",
                    ),
                    code="output-missing",
                    where=where,
                    hint=Text("add a document x or Y", "补充文档 x 或 Y"),
                )
        found, lost = per_output(raw, core.output)
        if lost:
            self.problems.append(
                Problem(
                    where,
                    "output-zero",
                    Text(
                        f"{lost:,} entries belong to sectors without output: they are left out",
                        f"有 {lost:,} 个条目属于无产出的部门：已略去",
                    ),
                    Text("check the account", "检查账户"),
                )
            )
        return found, lost

    def _loose_accounts(self, core: Core, loose: Sequence[Document]) -> list[Account]:
        """Documents that only their content tells: satellite accounts, accounts of final demand, lists of factors."""
        of_sectors: list[tuple[Document, LabelledMatrix]] = []
        of_demand: list[tuple[Document, LabelledMatrix]] = []
        for document in loose:
            if is_characterisation(document):
                self._factors(document)
                continue
            try:
                matrix = document.matrix()
            except InputError as error:
                no_matrix = Text("no matrix", "不是矩阵")
                self._pass_over(
                    document, no_matrix if error.code == "table-header-missing" else error.message
                )
                continue
            if set(matrix.columns) & set(core.labels):
                of_sectors.append((document, self._counted(matrix)))
            elif set(matrix.columns) & set(core.categories):
                of_demand.append((document, self._counted(matrix)))
            else:
                self._pass_over(
                    document,
                    Text("its columns are neither sectors nor final demand", "其列既非部门也非最终需求"),
                )
        return self._matched(core, of_sectors, of_demand)

    def _matched(
        self,
        core: Core,
        of_sectors: list[tuple[Document, LabelledMatrix]],
        of_demand: list[tuple[Document, LabelledMatrix]],
    ) -> list[Account]:
        found = []
        for document, matrix in of_sectors:
            own = next((pair for pair in of_demand if set(pair[1].rows) <= set(matrix.rows)), None)
            if own is not None:
                of_demand.remove(own)
            units, unit = self._units(document.folder)
            found.append(
                self._put_together(
                    core, document.stem, matrix, own[1] if own else None, False, units, unit, document.name
                )
            )
        for document, matrix in of_demand:
            found.append(self._put_together(core, document.stem, None, matrix, False, {}, "", document.name))
        return found

    def _factors(self, document: Document) -> None:
        factors, problems, read = read_factors(document)
        self.factors.extend(factors)
        self.problems.extend(problems)
        self.counts["characterisation factors read"] += read
        self.counts["characterisation factors refused"] += len(problems)

    def _by_part(self, parts: Sequence[Part]) -> dict[Part, Document | None]:
        """The shallowest document of each part; deeper ones belong to other tables and are listed."""
        found: dict[Part, Document | None] = dict.fromkeys(parts)
        for document in sorted(
            self.documents, key=lambda item: (item.folder.count("/") + bool(item.folder), item.name)
        ):
            if document.part not in found:
                continue
            if found[document.part] is None:
                found[document.part] = document
            else:
                self._pass_over(document, Text("a second one of its kind", "同类的第二个"))
        return found

    def _units(self, folder: str) -> tuple[dict[Label, str], str]:
        """Units by label from the document ``unit`` of a folder, and the one unit when all are the same."""
        wanted = folder or self._core_folder()
        document = next((d for d in self.documents if d.part == "unit" and d.folder == wanted), None)
        if document is None:
            return {}, ""
        found: dict[Label, str] = {}
        place = -1
        with document.rows() as rows:
            for _, cells in rows:
                texts = [cell_text(cell).strip() for cell in cells]
                if place < 0:
                    place = next((i for i, text in enumerate(texts) if plain(text) in UNIT), len(texts) - 1)
                    if any(plain(text) in UNIT for text in texts):
                        continue
                if place < len(texts):
                    found[tuple(text for i, text in enumerate(texts) if i != place)] = texts[place]
        several = set(found.values())
        return found, several.pop() if len(several) == 1 else ""

    def _core_folder(self) -> str:
        return next((d.folder for d in self.documents if d.part in {"transactions", "coefficients"}), "")

    def _matrix(self, document: Document) -> LabelledMatrix:
        return self._counted(document.matrix())

    def _counted(self, matrix: LabelledMatrix) -> LabelledMatrix:
        self._note(matrix.problems, matrix.refused)
        self.counts["cells read"] += matrix.cells
        self._tell()
        return matrix

    def _note(self, problems: Sequence[Problem], lost: int) -> None:
        self.problems.extend(problems)
        self.counts["exchanges read"] += lost
        self.counts["exchanges refused"] += lost

    def _pass_over(self, document: Document, why: Text) -> None:
        self.unread[Text(f"{document.name} ({why.en})", f"{document.name}（{why.zh}）")] += 1
        self._tell()

    def _tell(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(min(self._done, len(self.documents)), len(self.documents))
