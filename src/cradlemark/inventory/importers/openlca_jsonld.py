"""openLCA JSON-LD, schema versions 1 and 2, from a zip or a folder.

Both versions are read by the names of their fields: version 2 writes ``isInput`` where version 1 writes ``input``,
and a category as a path instead of a reference.
Source: documentation of the openLCA schema (GreenDelta, olca-schema), versions 1.1 and 2.0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import Archive
from cradlemark.inventory.importers.whole_documents import read_json_document
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import (
    EXCHANGES,
    FACTORS,
    MAX_EXCHANGES,
    MAX_FACTORS,
    MAX_PARAMETERS,
    PARAMETERS,
    check_count,
    named,
)
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    AllocationMethod,
    CharacterisationFactor,
    Exchange,
    Flow,
    FlowKind,
    FlowProperty,
    ImpactCategory,
    Parameter,
    Process,
    RefusedExchange,
    Uncertainty,
    UnitGroup,
)

Record = Mapping[str, Any]
FOLDERS = ("unit_groups", "flow_properties", "locations", "categories", "flows", "parameters", "lcia_categories", "processes")  # fmt: skip
"""Folders in the order in which they need each other."""
MOST = 2**53
"""Numbers of exchanges lie below this."""
MISSHAPEN = (KeyError, TypeError, AttributeError, ValueError, OverflowError)
"""What reading a document raises whose parts are of another kind than the schema says."""
_FLOW_KINDS: Mapping[str, FlowKind] = {
    "PRODUCT_FLOW": "product", "WASTE_FLOW": "waste", "ELEMENTARY_FLOW": "elementary",
}  # fmt: skip
_METHODS: Mapping[str, AllocationMethod] = {
    "PHYSICAL_ALLOCATION": "physical", "ECONOMIC_ALLOCATION": "economic", "CAUSAL_ALLOCATION": "causal",
}  # fmt: skip
_READ_OF_PROCESS = {
    "@context", "@type", "@id", "name", "description", "version", "category", "processType", "location", "exchanges",
    "defaultAllocationMethod", "allocationFactors", "parameters", "processDocumentation", "lastChange",
    "lastInternalId", "infrastructureProcess", "isInfrastructureProcess", "tags", "library",
}  # fmt: skip


_READ_OF_EXCHANGE = {
    "@type", "internalId", "flow", "input", "isInput", "amount", "unit", "flowProperty", "quantitativeReference",
    "isQuantitativeReference", "avoidedProduct", "isAvoidedProduct", "defaultProvider", "amountFormula", "location",
    "description", "uncertainty", "costValue", "dqEntry", "baseUncertainty",
}  # fmt: skip
_READ_OF_DOCUMENT = {"@type", "validFrom", "validUntil", "technologyDescription"}
_DOCUMENT = Text("documents in {name}", "{name} 中的文档")
_NO_JSON = Text("files that are no JSON documents", "不是 JSON 文档的文件")
_PROCESS_FIELD = Text("process field {name}", "过程的字段 {name}")
_DOCUMENT_FIELD = Text("process documentation {name}", "过程文档的 {name}")
_EXCHANGE_FIELD = Text("exchange field {name}", "交换的字段 {name}")
_NO_DATA = {"context.json", "openlca.json", "meta.info"}
"""Files that say only in which format the archive is."""


def is_openlca(archive: Archive) -> bool:
    """Whether an archive looks like an openLCA JSON-LD export."""
    return any(
        _folder_of(name) in {"processes", "flows", "lcia_categories", "unit_groups"}
        for name in archive.names()
    )


def read_openlca(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read an openLCA JSON-LD export.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many documents are done.

    Returns
    -------
    Collected
        What cannot be read is refused document by document or exchange by exchange and listed.
    """
    return _Reader(archive, progress).read()


class _Reader:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.collector = Collector(archive.name)
        self.places: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        self.parents: dict[str, tuple[str, str]] = {}
        self.methods: dict[str, str] = {}
        self.version = ""
        self._progress = progress
        self._done = 0

    def read(self) -> Collected:
        by_folder: dict[str, list[str]] = {}
        for name in self.archive.names():
            by_folder.setdefault(_folder_of(name), []).append(name)
        total = sum(len(by_folder.get(folder, ())) for folder in FOLDERS)
        self._methods(by_folder.get("lcia_methods", []))
        take: dict[str, Callable[[Record, str], None]] = {
            "unit_groups": self._unit_group, "flow_properties": self._property, "locations": self._place,
            "categories": self._category, "flows": self._flow, "processes": self._process,
            "lcia_categories": self._impact,
        }  # fmt: skip
        for folder in FOLDERS:
            names = by_folder.pop(folder, [])
            if folder == "parameters":
                self._global_parameters(names)
            else:
                for name, record in self._documents(names, total):
                    self._guarded(take[folder], record, name)
        by_folder.pop("lcia_methods", None)
        no_json = [name for name in by_folder.pop("", []) if name.rpartition("/")[2] not in _NO_DATA]
        others = (folder for folder, names in by_folder.items() for _ in names)
        c = self.collector
        c.unread += named(others, _DOCUMENT) + Counter({_NO_JSON: len(no_json)})
        return Collected("openLCA JSON-LD", c.tables(), c.counts, c.languages, c.unread, tuple(c.problems))

    def _documents(self, names: Sequence[str], total: int) -> Iterator[tuple[str, Record]]:
        for name in names:
            self._done += 1
            if self._progress:
                self._progress(self._done, total)
            try:
                record = read_json_document(self.archive.read(name), where=name)
            except InputError as error:
                self._refuse(name, error)
                continue
            yield name, record

    def _guarded(self, take: Callable[[Record, str], None], record: Record, name: str) -> None:
        """A document of an unexpected shape is refused by itself; the others stay."""
        try:
            take(record, name)
        except InputError as error:
            self._refuse(name, error)
        except MISSHAPEN as error:
            self._refuse(name, _misshapen(Text("document", "文档"), error))

    def _refuse(self, name: str, error: InputError) -> None:
        self.collector.counts["documents refused"] += 1
        if _folder_of(name) == "processes":
            self.collector.counts["processes refused"] += 1
        self.collector.problem(name, error.code, error.message, error.hint)

    def _unit_group(self, record: Record, _name: str) -> None:
        factors: dict[str, float] = {}
        units: list[str] = []
        names: dict[str, str] = {}
        reference = ""
        for unit in _list(record.get("units")):
            factor = _number(unit.get("conversionFactor"), 1.0)
            unit_name = _text(unit.get("name"))
            units.append(unit_name)
            names[_text(unit.get("@id"))] = unit_name
            for key in (unit_name, _text(unit.get("@id"))):
                factors.setdefault(key, factor)
            if unit.get("referenceUnit") or unit.get("isRefUnit"):
                reference = unit_name
        for unit in _list(record.get("units")):
            for synonym in _synonyms(unit.get("synonyms")):
                factors.setdefault(synonym, factors[_text(unit.get("name"))])
        group = UnitGroup(
            _id(record), _text(record.get("name")), reference, factors, tuple(dict.fromkeys(units)), names
        )
        self.collector.conversion.groups[group.id] = group

    def _property(self, record: Record, _name: str) -> None:
        found = FlowProperty(_id(record), _text(record.get("name")), _id(record.get("unitGroup") or {}))
        self.collector.conversion.properties[found.id] = found

    def _place(self, record: Record, _name: str) -> None:
        self.places[_id(record)] = _text(record.get("code")) or _text(record.get("name"))

    def _category(self, record: Record, _name: str) -> None:
        parent = record.get("category") or {}
        self.parents[_id(record)] = (_text(record.get("name")), _id(parent))

    def _path(self, value: object) -> str:
        """Path of a category: a text in version 2, a reference in version 1."""
        if isinstance(value, str):
            return value
        if not isinstance(value, Mapping):
            return ""
        path = [_text(part) for part in _list_of_text(value.get("categoryPath"))]
        return "/".join([*path, _text(value.get("name"))])

    def _flow(self, record: Record, _name: str) -> None:
        factors: dict[str, float] = {}
        reference = ""
        for entry in _list(record.get("flowProperties")):
            identifier = _id(entry["flowProperty"])
            factors[identifier] = _number(entry.get("conversionFactor"), math.nan)
            if entry.get("referenceFlowProperty") or entry.get("isRefFlowProperty"):
                reference = identifier
        kind = _FLOW_KINDS.get(_text(record.get("flowType")))
        if kind is None:
            raise InputError(
                Text(
                    f"the flow type {record.get('flowType')!r} is not known",
                    f"流的类型 {record.get('flowType')!r} 未知",
                ),
                code="json-value",
                hint=Text("correct it", "修正它"),
            )
        if not reference and len(factors) == 1:
            reference = next(iter(factors))
        self.collector.add_flow(
            Flow(
                _id(record),
                {"": _text(record.get("name"))},
                kind,
                factors,
                reference,
                category=self._path(record.get("category")),
                cas=_text(record.get("cas")),
                formula=_text(record.get("formula")),
                location=self._location(record.get("location")),
                synonyms=_text(record.get("synonyms")),
            )
        )

    def _location(self, value: object) -> str:
        if isinstance(value, str):
            return value
        if not isinstance(value, Mapping):
            return ""
        return (
            self.places.get(_text(value.get("@id"))) or _text(value.get("code")) or _text(value.get("name"))
        )

    def _global_parameters(self, names: Sequence[str]) -> None:
        found: list[Parameter] = []
        try:
            check_count(len(names), MAX_PARAMETERS, PARAMETERS)
        except InputError as error:
            self._refuse(names[0].rpartition("/")[0], error)
            return
        for name, record in self._documents(names, 0):
            self._guarded(lambda item, _name: found.append(_parameter(item)), record, name)
        self.collector.add_global_parameters(found)

    def _process(self, record: Record, name: str) -> None:
        check_count(len(_list(record.get("parameters"))), MAX_PARAMETERS, PARAMETERS)
        exchanges, refused = _exchanges(_list(record.get("exchanges")), self._location, self.collector.watch)
        document = record.get("processDocumentation") or {}
        unread = named((key for key in record if key not in _READ_OF_PROCESS), _PROCESS_FIELD)
        unread += _unread_of_exchanges(_list(record.get("exchanges")))
        unread += named((key for key in document if key not in _READ_OF_DOCUMENT), _DOCUMENT_FIELD)
        kind: Literal["unit_process", "aggregated"] = (
            "aggregated" if record.get("processType") in {"LCI_RESULT", "SYSTEM_PROCESS"} else "unit_process"
        )
        process = Process(
            _id(record), {"": _text(record.get("name"))}, kind,
            exchanges, refused=refused,
            category=self._path(record.get("category")), location=self._location(record.get("location")),
            valid_from=_text(document.get("validFrom")), valid_until=_text(document.get("validUntil")),
            version=_text(record.get("version")),
            allocation=_METHODS.get(_text(record.get("defaultAllocationMethod")), ""),
            factors=tuple(_factors(_list(record.get("allocationFactors")))),
            parameters=tuple(_parameter(entry) for entry in _list(record.get("parameters"))),
            description=_text(record.get("description")),
            technology=_text(document.get("technologyDescription")), unread=unread,
        )  # fmt: skip
        self.collector.add_process(process, where=f"{name} ({process.names[''][:60]})")

    def _methods(self, names: Sequence[str]) -> None:
        for name, record in self._documents(names, 0):
            for category in _list(record.get("impactCategories")):
                self.methods[_id(category)] = _text(record.get("name"))
            self.collector.counts["impact methods"] += 1
            del name

    def _impact(self, record: Record, name: str) -> None:
        check_count(len(_list(record.get("impactFactors"))), MAX_FACTORS, FACTORS)
        factors = tuple(
            CharacterisationFactor(
                _id(entry["flow"]),
                _number(entry.get("value"), math.nan),
                location=self._location(entry.get("location")),
                unit=_id(entry.get("unit") or {}),
                property=_id(entry.get("flowProperty") or {}),
                flow_name=_text(entry["flow"].get("name")),
            )
            for entry in _list(record.get("impactFactors"))
        )
        unit = _text(record.get("referenceUnitName") or record.get("refUnit"))
        identifier = _id(record)
        category = ImpactCategory(
            identifier,
            {"": _text(record.get("name"))},
            unit,
            factors,
            method=self.methods.get(identifier, ""),
        )
        self.collector.add_category(category, where=name)


def _unread_of_exchanges(entries: Sequence[Record]) -> Counter[Text]:
    fields = (key for entry in entries for key in entry if key not in _READ_OF_EXCHANGE)
    return named(fields, _EXCHANGE_FIELD)


def _exchanges(
    entries: Sequence[Record], place: Callable[[object], str], watch: Callable[[int, int, InputError], None]
) -> tuple[tuple[Exchange, ...], tuple[RefusedExchange, ...]]:
    """Exchanges that can be read, and those that cannot."""
    check_count(len(entries), MAX_EXCHANGES, EXCHANGES)
    good: list[Exchange] = []
    bad: list[RefusedExchange] = []
    for position, entry in enumerate(entries, start=1):
        try:
            good.append(_exchange(entry, position, place))
            continue
        except InputError as caught:
            error = caught
        except MISSHAPEN as caught:
            error = _misshapen(Text("exchange", "交换"), caught)
        number = entry.get("internalId")
        bad.append(
            RefusedExchange(number if isinstance(number, int) else position, error, _is_reference(entry))
        )
        watch(len(bad), len(good), error)
    return tuple(good), tuple(bad)


def _misshapen(what: Text, error: Exception) -> InputError:
    why = Text("the {what} has not the shape of its kind ({error})", "{what}的结构与其类型不符（{error}）")
    fault = f"{type(error).__name__}: {str(error)[:80]}"
    return InputError(
        why.format(what=what, error=fault), code="json-value", hint=Text("export it again", "重新导出")
    )


def _is_reference(entry: Record) -> bool:
    return bool(entry.get("isQuantitativeReference", entry.get("quantitativeReference", False)))


def _exchange(entry: Record, position: int, place: Callable[[object], str]) -> Exchange:
    flow = entry["flow"]
    is_input = bool(entry.get("isInput", entry.get("input", False)))
    return Exchange(
        _index(entry.get("internalId") or position), _id(flow), "input" if is_input else "output",
        _number(entry.get("amount"), math.nan),
        unit=_id(entry.get("unit") or {}), property=_id(entry.get("flowProperty") or {}),
        reference=_is_reference(entry),
        avoided=bool(entry.get("isAvoidedProduct", entry.get("avoidedProduct", False))),
        provider=_id(entry.get("defaultProvider") or {}),
        formula=_text(entry.get("amountFormula")), location=place(entry.get("location")),
        comment=_text(entry.get("description")), uncertainty=_uncertainty(entry.get("uncertainty")),
        price=_number(entry.get("costValue"), math.nan), pedigree=_text(entry.get("dqEntry")), base_uncertainty=_number(entry.get("baseUncertainty"), math.nan),
        flow_name=_text(flow.get("name")),
    )  # fmt: skip


def _factors(entries: Sequence[Record]) -> Iterator[AllocationFactor]:
    for entry in entries:
        method = _METHODS.get(_text(entry.get("allocationType")))
        if method is None:
            raise InputError(
                Text(
                    f"the allocation {entry.get('allocationType')!r} is not known",
                    f"分配 {entry.get('allocationType')!r} 未知",
                ),
                code="json-value",
                hint=Text("correct it", "修正它"),
            )
        exchange = (entry.get("exchange") or {}).get("internalId")
        yield AllocationFactor(
            _id(entry["product"]), method, _number(entry.get("value"), math.nan),
            exchange=_index(exchange) if method == "causal" and exchange is not None else -1,
            formula=_text(entry.get("formula")),
        )  # fmt: skip


def _parameter(entry: Record) -> Parameter:
    given = entry.get("isInputParameter", entry.get("inputParameter", True))
    return Parameter(
        _text(entry["name"]), _number(entry.get("value"), 0.0), formula="" if given else _text(entry.get("formula")),
        description=_text(entry.get("description")), uncertainty=_uncertainty(entry.get("uncertainty")),
    )  # fmt: skip


def _uncertainty(entry: Record | None) -> Uncertainty | None:
    kind = _text((entry or {}).get("distributionType"))
    if not entry or not kind or kind == "NO_DISTRIBUTION":
        return None
    if kind == "LOG_NORMAL_DISTRIBUTION":
        return Uncertainty(
            "lognormal", _number(entry.get("geomMean"), math.nan), _number(entry.get("geomSd"), math.nan)
        )
    if kind == "NORMAL_DISTRIBUTION":
        return Uncertainty("normal", _number(entry.get("mean"), math.nan), _number(entry.get("sd"), math.nan))
    low, high = _number(entry.get("minimum"), math.nan), _number(entry.get("maximum"), math.nan)
    if kind == "TRIANGLE_DISTRIBUTION":
        return Uncertainty("triangular", low, _number(entry.get("mode"), math.nan), high)
    if kind == "UNIFORM_DISTRIBUTION":
        return Uncertainty("uniform", low, high)
    raise InputError(
        Text(f"the distribution {kind!r} is not known", f"分布 {kind!r} 未知"),
        code="json-value",
        hint=Text("correct it", "修正它"),
    )


def _folder_of(name: str) -> str:
    """Folder that holds a document: the last one, so that an archive may have a folder around everything."""
    return name.split("/")[-2] if name.endswith(".json") and "/" in name else ""


def _id(record: object) -> str:
    found = record.get("@id") if isinstance(record, Mapping) else None
    return found if isinstance(found, str) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _number(value: object, absent: float) -> float:
    if value is None:
        return absent
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            Text(f"{str(value)[:40]!r} is no number", f"{str(value)[:40]!r} 不是数字"),
            code="number-invalid",
            hint=Text("correct it", "修正它"),
        )
    return float(value)


def _index(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST:
        raise InputError(
            Text(f"{str(value)[:40]!r} is no number of an exchange", f"{str(value)[:40]!r} 不是交换的编号"),
            code="number-invalid",
            hint=Text("correct it", "修正它"),
        )
    return value


def _list(value: object) -> list[Record]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise InputError(
            Text("a list of tables is expected", "此处应为表的列表"),
            code="json-value",
            hint=Text("export it again", "重新导出"),
        )
    return value


def _list_of_text(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _synonyms(value: object) -> list[str]:
    return value.split(";") if isinstance(value, str) else _list_of_text(value)
