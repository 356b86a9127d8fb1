"""Methods from anywhere: another database, an exported package, a table of factors, the packaged table of gases."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cradlemark.core.errors import CradlemarkError, InputError, NotFoundError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.quantities import parse_number
from cradlemark.inventory.characterisation import gases, gwp_sets
from cradlemark.inventory.importers.archive import open_archive
from cradlemark.inventory.importers.process_databases import read_archive
from cradlemark.inventory.moved_cells import moved_rows
from cradlemark.inventory.processes.cas_numbers import says_nothing
from cradlemark.inventory.processes.compartments import ANY, Compartment, compartment_of
from cradlemark.inventory.processes.nomenclature import Method, MethodFactor, with_known_numbers
from cradlemark.inventory.processes.store import find_processes, read_processes
from cradlemark.inventory.processes.substances import cas_number, substance_of
from cradlemark.inventory.processes.tables import Table
from cradlemark.inventory.text_files import decode_text, read_delimited

LARGEST = 100_000_000
"""Size of a table of factors that is read at most [bytes]."""
_NAMED_BY_ILCD = re.compile(r"^(?P<name>.*) \((?:(?P<property>[^,()]+), (?P<unit>[^,()]+), )?(?P<where>(?:[^()]|\([^()]*\))+)\)$")  # fmt: skip
"""How ILCD writes a flow of a method: name (property, unit, compartment)."""
_NO_VALUE = re.compile(r"[-–—−*.\s]*|n/?a|nan|none|null|\(no data\)", re.IGNORECASE)
"""What tables write for a substance without a value."""
_LONGEST = 60
"""Longest part of a cell that is repeated in a message [character]."""
_UNIT_BEHIND = re.compile(r" \[([^\[\]]*)\]")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "flow", "flow name", "flowname", "flowable", "substance", "名称", "物质"),
    "id": ("id", "uuid", "flow id", "flow uuid", "flow_id"),
    "cas": ("cas", "cas number", "cas no", "casnumber", "casno", "cas_number"),
    "compartment": ("compartment", "context", "category", "medium", "环境介质", "分类"),
    "direction": ("direction", "方向"),
    "unit": ("unit", "flow unit", "单位"),
    "value": ("value", "factor", "characterisation factor", "characterization factor", "cf", "因子"),
    "category": ("indicator", "impact category", "method", "parameter", "影响类别"),
    "edition": ("ar", "edition", "version"),
    "category_unit": ("indicator unit", "category unit", "impact unit"),
    "synonym": ("acronym", "synonyms", "formula"),
}


def find_methods(source: str, store: Path | None = None) -> tuple[Method, ...]:
    """The methods that a word means: a GWP set, a file or folder, or a database of the store.

    Parameters
    ----------
    source : str
        ``AR4``, ``AR5``, ``AR6``; the path of an export (openLCA, ILCD, SimaPro) or of a table of factors; or the name
        of a database. Words behind ``#`` choose among its categories: ``factors.csv#AR6 GWP100``.
    store : Path, optional
        Folder of databases.

    Raises
    ------
    NotFoundError
        ``method-unknown``
    InputError
        ``method-empty``, and as `import_processes`.
    """
    if source in gwp_sets():
        return (gas_method(source),)
    name, _, words = source.partition("#") if not Path(source).exists() else (source, "", "")
    path = Path(name)
    if path.exists():
        found = _of_table(path) if path.suffix.lower() == ".csv" and _is_table(path) else _of_archive(path)
    else:
        found = _of_database(name, store)
    chosen = tuple(method for method in found if method.factors and _has_words(method, words))
    if not chosen:
        there = "; ".join(method.name for method in found[:20] if method.factors)
        raise InputError(
            Text(
                f"{source} holds no characterisation factors" + (f" of {words!r}" if words else ""),
                f"{source} 没有特征化因子" + (f"（{words!r}）" if words else ""),
            ),
            code="method-empty",
            hint=Text(
                f"it has: {there}" if there else "give a source with a method",
                f"它有：{there}" if there else "给出含方法的数据源",
            ),
        )
    return chosen


def _has_words(method: Method, words: str) -> bool:
    return all(word in method.name.lower() for word in words.lower().split())


def gas_method(gwp_set: str) -> Method:
    """The packaged table of gases as a method: emissions to air, whatever part of it [kg CO2e / kg]."""
    factors = []
    for gas in gases().values():
        value = gas.gwp.get(gwp_set)
        if value is not None:
            substance = substance_of(
                gas.name.en, cas=gas.cas, synonyms=gas.id.replace("_", "-"), others=(gas.name.zh,)
            )
            factors.append(
                MethodFactor("", gas.name.en, substance, Compartment("air", ANY), "output", "kg", value)
            )
    return Method(f"Climate change, GWP100 {gwp_set}, by the table of gases [kg CO2e]", tuple(factors))


def _of_database(name: str, store: Path | None) -> tuple[Method, ...]:
    try:
        about = find_processes(name, store)
    except NotFoundError:
        raise NotFoundError(
            Text(
                f"there is no method {name!r}: no GWP set, file or database of this name",
                f"没有方法 {name!r}：没有该名称的 GWP 集、文件或数据库",
            ),
            code="method-unknown",
            hint=Text(
                "give AR4, AR5 or AR6, a path, or a name that db list shows",
                "给出 AR4、AR5 或 AR6、路径，或 db list 所列的名称",
            ),
        ) from None
    database = read_processes(about.folder)
    return methods_of_tables(database.tables)


def _of_archive(path: Path) -> tuple[Method, ...]:
    archive = open_archive(path)
    try:
        collected = read_archive(archive)
    finally:
        archive.close()
    return methods_of_tables(collected.tables)


def methods_of_tables(tables: Mapping[str, Table]) -> tuple[Method, ...]:
    """Methods that came with a source, with the names, numbers and compartments of their flows."""
    table, categories = tables["characterisation"], tables["impact_categories"]
    columns = zip(
        table.integers("category").tolist(), table.texts("flow"), table.texts("flow_name"), table.texts("direction"),
        table.texts("location"), table.numbers("value").tolist(), table.texts("compartment"), table.texts("cas"),
        table.texts("unit"), table.texts("synonyms"), strict=True,
    )  # fmt: skip
    found: defaultdict[int, list[MethodFactor]] = defaultdict(list)
    regional: defaultdict[int, int] = defaultdict(int)
    for category, flow, name, direction, location, value, path, cas, unit, synonyms in columns:
        if location not in {"", "GLO"}:
            regional[category] += 1
            continue
        said, stated_unit, where = _read_name(name)
        if not (path or where):
            where, stated_unit = _read_identifier(flow, name)
        compartment = compartment_of(path or where)
        factor = MethodFactor(
            flow, name or flow, substance_of(said, cas=cas, synonyms=synonyms), compartment,
            direction or _direction(compartment), unit or stated_unit, value,
        )  # fmt: skip
        found[category].append(factor)
    names = zip(
        categories.texts("name_en"), categories.texts("name_zh"), categories.texts("unit"),
        categories.texts("method"), strict=True,
    )  # fmt: skip
    return tuple(
        Method(
            _category_name(english or chinese, unit, method), with_known_numbers(found[row]), regional[row]
        )
        for row, (english, chinese, unit, method) in enumerate(names)
    )


def _category_name(name: str, unit: str, method: str) -> str:
    before = f"{method}: " if method and method.lower() not in name.lower() else ""
    return f"{before}{name} [{unit}]"


def _read_name(name: str) -> tuple[str, str, str]:
    """Name, unit and compartment of ``methane (fossil) (Mass, kg, Emissions to air, unspecified)``."""
    found = _NAMED_BY_ILCD.match(name)
    if found is None or not compartment_of(found["where"]).medium:
        return name, "", ""
    return found["name"], found["unit"] or "", found["where"]


def _read_identifier(flow: str, name: str) -> tuple[str, str]:
    """Compartment and unit of an identifier that is made of them: ``emission/air/low. pop./Methane [kg]``."""
    path, found, rest = flow.rpartition(name)
    unit = _UNIT_BEHIND.fullmatch(rest)
    return (path.rstrip("/: "), unit[1]) if found and unit else ("", "")


def _direction(compartment: Compartment) -> str:
    if not compartment.medium:
        return ""
    return "input" if compartment.medium == "resource" else "output"


def _is_table(path: Path) -> bool:
    """Whether a CSV file is a plain table of factors, by its first row; SimaPro's begins otherwise."""
    with path.open("rb") as file:
        head = file.read(4096)
    return not head.lstrip(b"\xef\xbb\xbf\"'").startswith(b"{")


def _of_table(path: Path) -> tuple[Method, ...]:
    if path.stat().st_size > LARGEST:
        raise InputError(
            Text(f"the table is larger than {LARGEST // 1_000_000} MB", f"表格大于 {LARGEST // 1_000_000} MB"), code="file-too-large", where=path.name, hint=Text("split it", "请拆分表格")
        )  # fmt: skip
    text, _ = decode_text(path.read_bytes(), path.name)
    table = read_delimited(text, where=path.name)
    first = [str(cell or "") for cell in table.rows[0]] if table.rows else []
    header = _header(first, path.name)
    moved = moved_rows(
        table,
        {place for place, cell in enumerate(first) if cell},
        header=0,
        start=1,
        where=lambda row: f"{path.name}, row {row + 1}",
    )
    found: defaultdict[str, list[MethodFactor]] = defaultdict(list)
    wrong: defaultdict[str, list[Problem]] = defaultdict(list)
    for number, row in enumerate(table.rows[1:], 2):
        if number - 1 in moved:
            continue
        values = {key: str(row[place] or "").strip() for key, place in header.items()}
        factor = _row_factor(values)
        category = _row_category(values, path.stem)
        if factor is not None:
            found[category].append(factor)
        wrong[category] += _row_problems(values, f"{path.name}, row {number}", used=factor is not None)
    if not found:
        raise_if_any(moved.values())
    # Of which category a row is whose cells moved is not known, so all of them are told of it.
    return tuple(
        Method(name, with_known_numbers(factors), problems=(*moved.values(), *wrong[name]))
        for name, factors in sorted(found.items())
    )


def _header(cells: Sequence[str], where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        key = next((key for key, names in _COLUMNS.items() if cell.strip().lower() in names), "")
        if key and key not in found:
            found[key] = place
    missing = [key for key in ("name", "value") if key not in found]
    if missing:
        raise InputError(
            Text(
                f"the table has no column {' and no column '.join(missing)}",
                f"表格没有 {' 列和 '.join(missing)} 列",
            ),
            code="method-columns",
            where=where,
            hint=Text(
                "name columns name, cas, compartment, value; also id, unit, direction, indicator",
                "列名用 name、cas、compartment、value；另有 id、unit、direction、indicator",
            ),
        )
    return found


def _row_factor(values: Mapping[str, str]) -> MethodFactor | None:
    """One row; None where it has no number, as tables write for a gas without a value."""
    try:
        value = parse_number(values["value"])
    except CradlemarkError:
        return None
    # A table without compartments lists gases: they count as emissions to air, whatever part of it.
    path = values.get("compartment", "")
    compartment = compartment_of(path) if path else Compartment("air", ANY)
    substance = substance_of(
        values["name"], cas=values.get("cas", ""), synonyms=values.get("synonym", "").replace("(no data)", "")
    )
    direction = values.get("direction", "").lower()
    direction = direction if direction in {"input", "output"} else _direction(compartment)
    return MethodFactor(
        values.get("id", ""), values["name"], substance, compartment, direction, values.get("unit", "") or "kg", value
    )  # fmt: skip


def _row_problems(values: Mapping[str, str], where: str, *, used: bool) -> Iterator[Problem]:
    """What a row says and is not used: a value that is no number, a CAS number that is none."""
    if not used and not _NO_VALUE.fullmatch(values["value"]):
        yield Problem(
            f"{where}, column value", "number-invalid",
            Text("{name}: {value!r} is no number; the row is not used", "{name}：{value!r} 不是数字；该行未采用").format(
                name=values["name"][:_LONGEST], value=values["value"][:_LONGEST]
            ),
            Text("write a number", "请填写数字"),
        )  # fmt: skip
    cas = values.get("cas", "")[:_LONGEST]
    if used and not says_nothing(cas) and not cas_number(cas):
        yield Problem(
            f"{where}, column cas", "cas-invalid",
            Text("{name}: {cas!r} is no CAS number; it is not used", "{name}：{cas!r} 不是 CAS 号；未采用").format(
                name=values["name"][:_LONGEST], cas=cas
            ),
            Text("check the number; the flow is looked for by its name", "请检查号码；将按名称查找该流"),
        )  # fmt: skip


def _row_category(values: Mapping[str, str], table: str) -> str:
    parts = [part for part in (values.get("edition", ""), values.get("category", "")) if part]
    return f"{', '.join(parts) or table} [{values.get('category_unit', '') or 'kg CO2e'}]"
