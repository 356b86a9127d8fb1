"""ILCD 1.1 data sets in any languages, and LCIA methods in ILCD, from a zip or a folder.

Amounts of exchanges are in the reference unit of the flow's reference property. The shares of
``allocations/allocation`` are percentages of one exchange for one co-product, so they are read as causal factors.
Source: ILCD data format 1.1, schemas ``ILCD_*.xsd`` (European Commission, JRC) and their documentation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Literal
from xml.etree.ElementTree import Element

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import OTHER_KINDS, Archive
from cradlemark.inventory.importers.whole_documents import read_xml_document
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import (
    EXCHANGES,
    FACTORS,
    MAX_EXCHANGES,
    MAX_FACTORS,
    check_count,
    named,
)
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    CharacterisationFactor,
    Direction,
    Exchange,
    Flow,
    FlowKind,
    FlowProperty,
    ImpactCategory,
    Names,
    Parameter,
    Process,
    RefusedExchange,
    Uncertainty,
    UnitGroup,
)

FOLDERS: Mapping[str, str] = {
    "unitgroups": "unitGroupDataSet", "flowproperties": "flowPropertyDataSet", "flows": "flowDataSet",
    "lciamethods": "LCIAMethodDataSet", "processes": "processDataSet",
}  # fmt: skip
"""Folders of an ILCD archive and their kind of data set, in the order in which they need each other."""
_OTHER_SETS = ("contactDataSet", "sourceDataSet", "lifeCycleModelDataSet")
_OTHER_FOLDERS = ("contacts", "sources", "lifecyclemodels", "external_docs")
_FLOW_KINDS: Mapping[str, FlowKind] = {
    "product flow": "product", "waste flow": "waste", "elementary flow": "elementary", "other flow": "product",
}  # fmt: skip
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(\w+DataSet)[\s>]")
_NAME_PARTS = ("baseName", "treatmentStandardsRoutes", "mixAndLocationTypes", "functionalUnitFlowProperties")
_READ_OF_EXCHANGE = {
    "referenceToFlowDataSet", "exchangeDirection", "meanAmount", "resultingAmount", "referenceToVariable", "location",
    "generalComment", "uncertaintyDistributionType", "relativeStandardDeviation95In", "minimumAmount",
    "maximumAmount", "allocations",
}  # fmt: skip
_AGGREGATED = ("LCI result", "Partly terminated system", "Avoided product system")


def is_ilcd(archive: Archive) -> bool:
    """Whether an archive holds ILCD documents."""
    documents = [name for name in archive.names() if name.lower().endswith(".xml")]
    if any(_folder_of(name) in FOLDERS for name in documents):
        return True
    return any(_kind_of(archive, name) for name in documents[:20])


def read_ilcd(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read the ILCD documents of an archive.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many documents are done.

    Returns
    -------
    Collected
        What cannot be read is refused document by document or exchange by exchange and listed. Of two versions of
        one data set the later stays and the other is listed.
    """
    return _Reader(archive, progress).read()


class _Reader:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.collector = Collector(archive.name)
        self._progress = progress

    def read(self) -> Collected:
        by_kind: dict[str, list[str]] = {kind: [] for kind in FOLDERS.values()}
        others: list[str] = []
        for name in self.archive.names():
            if not name.lower().endswith(".xml") or name.lower().endswith(
                ("ilcdclassification.xml", "ilcdlocations.xml")
            ):
                continue
            kind = FOLDERS.get(_folder_of(name)) or self._peek(name)
            if kind in by_kind:
                by_kind[kind].append(name)
            else:
                others.append(kind or _folder_of(name))
        self.collector.unread += named(filter(None, others), Text("documents {name}", "文档 {name}"))
        self.collector.unread += Counter({OTHER_KINDS: others.count("")})
        take: dict[str, Callable[[Element, str], None]] = {
            "unitGroupDataSet": self._unit_group, "flowPropertyDataSet": self._property, "flowDataSet": self._flow,
            "LCIAMethodDataSet": self._method, "processDataSet": self._process,
        }  # fmt: skip
        total, done = sum(len(names) for names in by_kind.values()), 0
        for kind, names in by_kind.items():
            # The version stands at the end of the name: the latest comes first.
            for name in sorted(names, reverse=True):
                done += 1
                if self._progress:
                    self._progress(done, total)
                self._guarded(take[kind], name)
        c = self.collector
        return Collected("ILCD", c.tables(), c.counts, c.languages, c.unread, tuple(c.problems))

    def _peek(self, name: str) -> str:
        if _folder_of(name) in _OTHER_FOLDERS:
            return ""
        try:
            return _kind_of(self.archive, name)
        except InputError as error:
            self._refuse(name, error)
            return ""

    def _guarded(self, take: Callable[[Element, str], None], name: str) -> None:
        """A document of an unexpected shape is refused by itself; the others stay."""
        try:
            take(read_xml_document(self.archive.read(name), where=name), name)
        except InputError as error:
            self._refuse(name, error)

    def _refuse(self, name: str, error: InputError) -> None:
        self.collector.counts["documents refused"] += 1
        if _folder_of(name) == "processes":
            self.collector.counts["processes refused"] += 1
        self.collector.problem(name, error.code, error.message, error.hint)

    def _unit_group(self, root: Element, _name: str) -> None:
        reference = _child_text(root, "unitGroupInformation/quantitativeReference/referenceToReferenceUnit")
        factors: dict[str, float] = {}
        reference_name = ""
        for unit in root.findall("units/unit"):
            name = _child_text(unit, "name")
            factors[name] = _number(_child_text(unit, "meanValue"), 1.0)
            if unit.get("dataSetInternalID") == reference:
                reference_name = name
        scale = factors.get(reference_name) or 1.0
        factors = {name: factor / scale for name, factor in factors.items()}
        identifier = _uuid(root)
        name = _first(_names(root, "unitGroupInformation/dataSetInformation/name"))
        if identifier not in self.collector.conversion.groups:
            group = UnitGroup(identifier, name, reference_name, factors, tuple(factors))
            self.collector.conversion.groups[identifier] = group

    def _property(self, root: Element, _name: str) -> None:
        base = "flowPropertiesInformation"
        group = root.find(f"{base}/quantitativeReference/referenceToReferenceUnitGroup")
        name = _first(_names(root, f"{base}/dataSetInformation/name"))
        found = FlowProperty(_uuid(root), name, group.get("refObjectId", "") if group is not None else "")
        self.collector.conversion.properties.setdefault(found.id, found)

    def _flow(self, root: Element, name: str) -> None:
        base = "flowInformation/dataSetInformation"
        kind_text = _child_text(root, "modellingAndValidation/LCIMethod/typeOfDataSet")
        if not kind_text:
            kind_text = _child_text(root, "modellingAndValidation/LCIMethodAndAllocation/typeOfDataSet")
        kind = _FLOW_KINDS.get(kind_text.lower())
        if kind is None:
            raise InputError(
                Text(f"the type of flow {kind_text!r} is not known", f"流的类型 {kind_text!r} 未知"),
                code="value-unknown",
                hint=Text("correct typeOfDataSet", "修正 typeOfDataSet"),
            )
        reference_id = _child_text(
            root, "flowInformation/quantitativeReference/referenceToReferenceFlowProperty"
        )
        factors: dict[str, float] = {}
        reference = ""
        for entry in root.findall("flowProperties/flowProperty"):
            pointer = entry.find("referenceToFlowPropertyDataSet")
            identifier = pointer.get("refObjectId", "") if pointer is not None else ""
            factors[identifier] = _number(_child_text(entry, "meanValue"), math.nan)
            if entry.get("dataSetInternalID") == reference_id:
                reference = identifier
        scale = factors.get(reference, 1.0)
        del name
        self.collector.add_flow(
            Flow(
                _uuid(root), _joined_names(root, f"{base}/name"), kind,
                {key: value / scale if scale else math.nan for key, value in factors.items()}, reference,
                category=_category(root), cas=_child_text(root, f"{base}/CASNumber"),
                formula=_child_text(root, f"{base}/sumFormula"),
                location=_child_text(root, "flowInformation/geography/locationOfSupply"),
                synonyms=_first(_names(root, f"{base}/synonyms")),
            )
        )  # fmt: skip

    def _process(self, root: Element, name: str) -> None:
        base = "processInformation/dataSetInformation"
        kind_text = _child_text(root, "modellingAndValidation/LCIMethodAndAllocation/typeOfDataSet")
        if kind_text == "EPD":
            raise InputError(
                Text(
                    "the data set is a declaration with indicators by module (EPD), not a process with exchanges",
                    "该数据集是按模块列指标的声明（EPD），不是含交换的过程",
                ),
                code="value-unknown",
                hint=Text("leave it out of the import of process databases", "导入过程数据库时不要包含它"),
            )
        kind: Literal["unit_process", "aggregated"] = (
            "aggregated" if kind_text in _AGGREGATED else "unit_process"
        )
        references = {
            _int(element.text)
            for element in root.findall("processInformation/quantitativeReference/referenceToReferenceFlow")
        }
        exchanges, refused = _exchanges(root, references, self.collector.watch)
        names = _joined_names(root, f"{base}/name")
        place = root.find("processInformation/geography/locationOfOperationSupplyOrProduction")
        process = Process(
            _uuid(root), names, kind, exchanges, category=_category(root),
            location=place.get("location", "") if place is not None else "",
            valid_from=_child_text(root, "processInformation/time/referenceYear"),
            valid_until=_child_text(root, "processInformation/time/dataSetValidUntil"),
            version=_child_text(root, "administrativeInformation/publicationAndOwnership/dataSetVersion"),
            refused=refused,
            factors=tuple(_allocations(root, {e.number: e.flow for e in exchanges})),
            parameters=tuple(_parameters(root)),
            description=_first(_names(root, f"{base}/generalComment")),
            technology=_first(_names(root, "processInformation/technology/technologyDescriptionAndIncludedProcesses")),
            unread=_unread(root),
        )  # fmt: skip
        self.collector.add_process(process, where=f"{name} ({_first(names)[:60]})")

    def _method(self, root: Element, name: str) -> None:
        base = "LCIAMethodInformation"
        quantity = root.find(f"{base}/quantitativeReference/referenceQuantity")
        unit = _child_text(root, f"{base}/quantitativeReference/referenceQuantity/shortDescription")
        if quantity is not None and not unit:
            unit = self.collector.conversion.property_unit(quantity.get("refObjectId", ""))
        check_count(len(root.findall("characterisationFactors/factor")), MAX_FACTORS, FACTORS)
        factors = tuple(_characterisations(root))
        category = ImpactCategory(
            _uuid(root), _names(root, f"{base}/dataSetInformation/name"), unit, factors,
            method=_child_text(root, f"{base}/dataSetInformation/methodology"),
        )  # fmt: skip
        self.collector.add_category(category, where=name)


def _exchanges(
    root: Element, references: set[int], watch: Callable[[int, int, InputError], None]
) -> tuple[tuple[Exchange, ...], tuple[RefusedExchange, ...]]:
    """Exchanges that can be read, and those that cannot."""
    check_count(len(root.findall("exchanges/exchange")), MAX_EXCHANGES, EXCHANGES)
    good: list[Exchange] = []
    bad: list[RefusedExchange] = []
    for position, element in enumerate(root.findall("exchanges/exchange")):
        try:
            good.append(_exchange(element, position, references))
        except InputError as error:
            identifier = element.get("dataSetInternalID") or ""
            number = int(identifier) if re.fullmatch(r"[0-9]{1,15}", identifier) else position
            bad.append(RefusedExchange(number, error, number in references))
            watch(len(bad), len(good), error)
    return tuple(good), tuple(bad)


def _exchange(element: Element, position: int, references: set[int]) -> Exchange:
    number = _int(element.get("dataSetInternalID") or str(position))
    pointer = element.find("referenceToFlowDataSet")
    mean = _number(_child_text(element, "meanAmount"), math.nan)
    amount = _number(_child_text(element, "resultingAmount"), math.nan)
    variable = _child_text(element, "referenceToVariable")
    # The result counts; without one it is the mean times the variable.
    formula = f"({mean!r})*({variable})" if variable and math.isnan(amount) and math.isfinite(mean) else ""
    return Exchange(
        number,
        pointer.get("refObjectId", "") if pointer is not None else "",
        _direction(_child_text(element, "exchangeDirection")),
        mean if math.isnan(amount) else amount,
        reference=number in references,
        formula=formula,
        location=_child_text(element, "location"),
        comment=_first(_names(element, "generalComment")),
        uncertainty=_uncertainty(element, mean if math.isnan(amount) else amount),
        flow_name=_first(_names(pointer, "shortDescription")) if pointer is not None else "",
    )


def _allocations(root: Element, flows: Mapping[int, str]) -> Iterator[AllocationFactor]:
    for position, element in enumerate(root.findall("exchanges/exchange")):
        number = _int(element.get("dataSetInternalID") or str(position))
        for share in element.findall("allocations/allocation"):
            product = flows.get(_int(share.get("internalReferenceToCoProduct") or "-1"), "")
            percent = _number(share.get("allocatedFraction") or "", math.nan)
            yield AllocationFactor(product, "causal", percent / 100.0, exchange=number)


def _parameters(root: Element) -> Iterator[Parameter]:
    for element in root.findall("processInformation/mathematicalRelations/variableParameter"):
        name = (element.get("name") or "").strip()
        if name:
            value = _number(_child_text(element, "meanValue"), 0.0)
            yield Parameter(
                name, value, formula=_child_text(element, "formula"),
                description=_first(_names(element, "comment")), uncertainty=_uncertainty(element, value),
            )  # fmt: skip


def _characterisations(root: Element) -> Iterator[CharacterisationFactor]:
    for element in root.findall("characterisationFactors/factor"):
        pointer = element.find("referenceToFlowDataSet")
        if pointer is None:
            raise InputError(
                Text("a factor names no flow", "某因子未指明流"),
                code="value-missing",
                hint=Text("correct the method", "修正该方法"),
            )
        yield CharacterisationFactor(
            pointer.get("refObjectId", ""),
            _number(_child_text(element, "meanValue"), math.nan),
            _direction(_child_text(element, "exchangeDirection")),
            location=_child_text(element, "location"),
            flow_name=_first(_names(pointer, "shortDescription")),
        )


def _uncertainty(element: Element, amount: float) -> Uncertainty | None:
    """Distribution after the schema: the stated 95 % value is gsd^2 of a lognormal and 2 sd of a normal."""
    kind = _child_text(element, "uncertaintyDistributionType")
    spread = _number(_child_text(element, "relativeStandardDeviation95In"), math.nan)
    low = _number(_child_text(element, "minimumAmount") or _child_text(element, "minimumValue"), math.nan)
    high = _number(_child_text(element, "maximumAmount") or _child_text(element, "maximumValue"), math.nan)
    if kind == "log-normal" and spread > 0.0:
        return Uncertainty("lognormal", abs(amount), math.sqrt(spread))
    if kind == "normal" and spread > 0.0:
        return Uncertainty("normal", amount, spread / 2.0)
    if kind == "uniform" and low <= high:
        return Uncertainty("uniform", low, high)
    if kind == "triangular" and low <= amount <= high:
        return Uncertainty("triangular", low, amount, high)
    return None


def _unread(root: Element) -> dict[Text, int]:
    parts = (
        "modellingAndValidation/validation/review", "modellingAndValidation/dataSourcesTreatmentAndRepresentativeness",
        "modellingAndValidation/complianceDeclarations", "administrativeInformation/dataGenerator",
        "administrativeInformation/commissionerAndGoal", "LCIAResults",
    )  # fmt: skip
    names = [part.rpartition("/")[2] for part in parts if root.find(part) is not None]
    tags = (
        child.tag
        for exchange in root.findall("exchanges/exchange")
        for child in exchange
        if child.tag not in _READ_OF_EXCHANGE
    )
    of_process, of_exchange = (
        Text("process {name}", "过程的 {name}"),
        Text("exchange {name}", "交换的 {name}"),
    )
    return named(names, of_process) + named(tags, of_exchange)


def _names(root: Element, path: str) -> Names:
    """Texts by language; English where the attribute is left out, as the schema says."""
    found: dict[str, str] = {}
    for element in root.findall(path):
        text = " ".join((element.text or "").split())
        language = (element.get(_LANGUAGE) or "en").lower().partition("-")[0]
        if text:
            found.setdefault(language, text)
    return found


def _joined_names(root: Element, path: str) -> Names:
    """Name with treatment, mix and quantitative properties behind it, as the format composes it."""
    found: dict[str, list[str]] = {}
    for part in _NAME_PARTS:
        for language, text in _names(root, f"{path}/{part}").items():
            found.setdefault(language, []).append(text)
    return {language: "; ".join(parts) for language, parts in found.items()}


def _first(names: Names) -> str:
    return names.get("en") or next(iter(names.values()), "")


def _category(root: Element) -> str:
    for tag in ("category", "class"):
        parts = [" ".join((element.text or "").split()) for element in root.iter(tag)]
        if parts:
            return "/".join(parts)
    return ""


def _uuid(root: Element) -> str:
    found = next((e.text for e in root.iter("UUID") if e.text), "")
    if not found.strip():
        raise InputError(
            Text("the data set has no UUID", "数据集没有 UUID"),
            code="value-missing",
            hint=Text("export it again", "重新导出"),
        )
    return found.strip().lower()


def _child_text(root: Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _direction(text: str) -> Direction:
    if text not in {"Input", "Output"}:
        raise InputError(
            Text(f"the direction {text[:40]!r} is not known", f"方向 {text[:40]!r} 未知"),
            code="value-unknown",
            hint=Text("Input or Output", "应为 Input 或 Output"),
        )
    return "input" if text == "Input" else "output"


def _number(text: str, absent: float) -> float:
    if not text:
        return absent
    try:
        return float(text)
    except ValueError:
        raise InputError(
            Text(f"{text[:40]!r} is no number", f"{text[:40]!r} 不是数字"),
            code="number-invalid",
            hint=Text("correct it", "修正它"),
        ) from None


def _int(text: str | None) -> int:
    plain = (text or "").strip()
    if not re.fullmatch(r"-?[0-9]{1,15}", plain):
        raise InputError(
            Text(f"{plain[:40]!r} is no whole number", f"{plain[:40]!r} 不是整数"),
            code="number-invalid",
            hint=Text("correct it", "修正它"),
        )
    return int(plain)


def _folder_of(name: str) -> str:
    return name.split("/")[-2].lower() if "/" in name else ""


def _kind_of(archive: Archive, name: str) -> str:
    found = _ROOT.search(archive.read(name)[:8192])
    kind = found.group(1).decode("ascii") if found else ""
    return kind if kind in {*FOLDERS.values(), *_OTHER_SETS} else ""
