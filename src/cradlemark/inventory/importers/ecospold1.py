"""EcoSpold 1: one document with many data sets, or a folder or zip of documents; impact methods as well.

The documents are read twice, one data set at a time: first for the products that data sets make, then for everything,
so that an exchange finds the product it means.
Source: EcoSpold 1 schemas ``EcoSpold01*.xsd`` 1.2 and their annotations (ecoinvent Centre).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal
from xml.etree.ElementTree import Element

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import OTHER_KINDS, Archive
from cradlemark.inventory.importers.ecospold1_exchanges import (
    PRODUCTS,
    ExchangeReader,
    Languages,
    allocation_factors,
    group_of,
)
from cradlemark.inventory.importers.ecospold1_products import (
    Catalogue,
    ProductName,
    category_path,
    elementary_flow_id,
    product_name,
)
from cradlemark.inventory.importers.ecospold_values import (
    line,
    number,
    of_data_set,
    unit_property,
    whole_number,
)
from cradlemark.inventory.importers.xml_stream import Record, beginning, read_records
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import EXCHANGES, MAX_EXCHANGES, MAX_NAME, check_count
from cradlemark.inventory.processes.records import (
    CharacterisationFactor,
    Exchange,
    Flow,
    ImpactCategory,
    Process,
)

_ROOT = re.compile(rb"<(?:[\w.-]+:)?ecoSpold\b")
_VERSION_2 = re.compile(rb"EcoSpold02|<(?:[\w.-]+:)?(?:child)?activityDataset\b", re.IGNORECASE)
_INFORMATION = "metaInformation/processInformation"
_AGGREGATED = {0, 2}
ELEMENTARY, IMPACT = 3, 4
"""Types of data set that are no processes."""
_UNREAD = (
    "metaInformation/modellingAndValidation/representativeness", "metaInformation/modellingAndValidation/source",
    "metaInformation/modellingAndValidation/validation", "metaInformation/administrativeInformation/person",
    "metaInformation/administrativeInformation/dataEntryBy",
    "metaInformation/administrativeInformation/dataGeneratorAndPublication",
    f"{_INFORMATION}/referenceFunction/synonym", f"{_INFORMATION}/geography[@text]", f"{_INFORMATION}/timePeriod[@text]",
)  # fmt: skip


def is_ecospold1(archive: Archive) -> bool:
    """Whether an archive holds EcoSpold 1 documents."""
    return any(_is_document(archive, name) for name in _documents(archive)[:20])


def read_ecospold1(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read the EcoSpold 1 documents of an archive.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many data sets are done.

    Returns
    -------
    Collected
        What cannot be read is refused exchange by exchange, data set by data set or from a fault of a document on, and
        listed.
    """
    return _Reader(archive, progress).read()


def _documents(archive: Archive) -> list[str]:
    return [name for name in archive.names() if name.lower().endswith((".xml", ".spold"))]


def _is_document(archive: Archive, name: str) -> bool | None:
    """Whether a document is EcoSpold 1; None when it cannot be read."""
    head = beginning(archive, name)
    return None if head is None else bool(_ROOT.search(head)) and not _VERSION_2.search(head)


class _Reader:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.collector = Collector(archive.name)
        self.catalogue = Catalogue()
        self._progress = progress
        self._met: set[str] = set()
        self._categories: dict[str, tuple[ImpactCategory, str]] = {}

    def read(self) -> Collected:
        names = [name for name in _documents(self.archive) if _is_document(self.archive, name) is not False]
        others = len(self.archive.names()) - len(names)
        if others:
            self.collector.unread[OTHER_KINDS] += others
        total = sum(self._look(name) for name in names)
        self.catalogue.close()
        self.collector.settle()
        done = 0
        for name in names:
            for record in self._records(name, refuse=True):
                done += 1
                if self._progress:
                    self._progress(done, total)
                self._take(record, name)
        # After all processes, so that it does not matter in which document the flows of a method are.
        for category, where in self._categories.values():
            self.collector.add_category(category, where=where)
        c = self.collector
        return Collected("EcoSpold 1", c.tables(), c.counts, c.languages, c.unread, tuple(c.problems))

    def _records(self, name: str, *, refuse: bool) -> Iterator[Record]:
        try:
            for record in read_records(self.archive, name):
                if record.element.tag == "dataset":
                    yield record
        except InputError as error:
            if refuse:
                self.collector.counts["documents refused"] += 1
                hint = Text(
                    "{hint}; what stands before the fault was read", "{hint}；错误之前的内容已读取"
                ).format(hint=error.hint)
                self.collector.problem(name, error.code, error.message, hint)

    def _look(self, name: str) -> int:
        """First reading: which products are made, and by which data set."""
        count = 0
        for record in self._records(name, refuse=False):
            count += 1
            root = record.element
            if _type_of(record) not in {ELEMENTARY, IMPACT}:
                self._expect(root)
                self.catalogue.add(_number_of(root), _title(root), tuple(_products(root)))
        return count

    def _expect(self, root: Element) -> None:
        """Count what can be read: of two data sets that are one the first, of exchanges those that say in or out."""
        key = f"{root.get('number')} {_title(root)}"[:MAX_NAME]
        if key in self._met:
            self.collector.doubt("id-duplicate")
        for element in root.findall("flowData/exchange"):
            if not len(element):
                self.collector.doubt("value-missing")
            elif key not in self._met:
                self.collector.awaited += 1
        self._met.add(key)

    def _take(self, record: Record, name: str) -> None:
        root = record.element
        where = f"{name}, data set {root.get('number', '')} ({_title(root)[:60]})"
        try:
            kind = _type_of(record)
            check_count(len(root.findall("flowData/exchange")), MAX_EXCHANGES, EXCHANGES)
            if kind == IMPACT:
                self._impact(root, where)
            elif kind == ELEMENTARY:
                self.collector.unread[Text("data sets of elementary flows", "基本流的数据集")] += 1
            else:
                self._process(root, kind, where)
        except InputError as error:
            self.collector.counts["processes refused"] += 1
            self.collector.problem(where, error.code, error.message, error.hint)

    def _process(self, root: Element, kind: int | None, where: str) -> None:
        function = _reference_function(root)
        languages = _languages(root)
        location = _location(root)
        elements = root.findall("flowData/exchange")
        unread = Counter(
            {
                of_data_set(part.rpartition("/")[2].partition("[")[0]): len(root.findall(part))
                for part in _UNREAD
            }
        )
        reader = ExchangeReader(self.collector, self.catalogue, languages, location, unread)
        exchanges, refused = reader.read(elements)
        if not any(_is_product(element) for element in elements):
            exchanges = (*exchanges, self._reference(function, languages, location, len(elements), where))
        factors = tuple(allocation_factors(root, elements, exchanges))
        aggregated: Literal["aggregated", "unit_process"] = (
            "aggregated" if kind in _AGGREGATED else "unit_process"
        )
        period = root.find(f"{_INFORMATION}/timePeriod")
        process = Process(
            self.catalogue.process_id(_number_of(root), _title(root)), languages.names(function), aggregated,
            exchanges, category=category_path(function), location=location,
            valid_from=_date(period, "start"), valid_until=_date(period, "end"), version=_version(root),
            allocation="causal" if factors else "", refused=refused, factors=factors,
            description=_description(function), technology=_attribute(root, "technology", "text"),
            unread={key: n for key, n in unread.items() if n},
        )  # fmt: skip
        self.collector.add_process(process, where=where)

    def _reference(
        self, function: Element, languages: Languages, location: str, last: int, where: str
    ) -> Exchange:
        """The product that the reference function names, for a data set that does not list it among its exchanges."""
        self.collector.problem(
            where, "reference-implied", Text("no exchange is a product; the reference function is taken as the product", "没有交换是产品；以参考功能为产品"),
            Text("list the product with outputGroup 0", "以 outputGroup 0 列出产品"),
        )  # fmt: skip
        wanted = product_name(function, location)
        unit = unit_property(self.collector.conversion, wanted.unit)
        if wanted.flow not in self.collector.conversion.flows:
            names = languages.names(function)
            self.collector.add_flow(
                Flow(wanted.flow, names, "product", {unit: 1.0}, unit, category=wanted.category)
            )
        return Exchange(
            last + 1, wanted.flow, "output", number(function.get("amount"), absent=1.0), reference=True
        )

    def _impact(self, root: Element, where: str) -> None:
        function = _reference_function(root)
        factors: list[CharacterisationFactor] = []
        place = _location(root)
        for element in root.findall("flowData/exchange"):
            try:
                value = number(element.get("meanValue"))
            except InputError:
                value = math.nan
            location = line(element.get("location"))
            factors.append(
                CharacterisationFactor(
                    elementary_flow_id(element), value, location="" if location == place else location,
                    flow_name=line(element.get("name")), cas=line(element.get("CASNumber")),
                )
            )  # fmt: skip
        names = _languages(root).names(function)
        identifier = f"{category_path(function)}/{line(function.get('name'))} [{line(function.get('unit'))}]"
        if identifier in self._categories:
            raise InputError(
                Text(
                    f"the impact category {identifier[:80]} is there twice",
                    f"影响类别 {identifier[:80]} 重复",
                ),
                code="id-duplicate",
                hint=Text("keep one of them", "只保留一个"),
            )
        category = ImpactCategory(
            identifier, names, line(function.get("unit")), tuple(factors), method=category_path(function)
        )
        self._categories[identifier] = category, where


def _type_of(record: Record) -> int | None:
    if record.namespace.endswith("Impact"):
        return IMPACT
    information = record.element.find(f"{_INFORMATION}/dataSetInformation")
    return whole_number(information.get("type")) if information is not None else None


def _number_of(root: Element) -> int | None:
    return whole_number(root.get("number"))


def _reference_function(root: Element) -> Element:
    found = root.find(f"{_INFORMATION}/referenceFunction")
    if found is None:
        raise InputError(
            Text("the data set has no referenceFunction", "数据集没有 referenceFunction"),
            code="value-missing",
            hint=Text("export it again", "重新导出"),
        )
    return found


def _title(root: Element) -> str:
    name = _attribute(root, "referenceFunction", "name")
    place = _location(root)
    return f"{name} {{{place}}}" if place else name


def _products(root: Element) -> Iterator[tuple[ProductName, str]]:
    """Names under which the products of the second reading can be asked for, with their flows.

    A product is asked for at the place of its exchange or of its data set, a single one also by the reference function.
    """
    place = _location(root)
    functions = root.findall(f"{_INFORMATION}/referenceFunction")
    made = [element for element in root.findall("flowData/exchange") if _is_product(element)]
    for element in made or functions:
        product = product_name(element, place)
        yield product, product.flow
        if product.location != place:
            yield attrs.evolve(product, location=place), product.flow
    if len(made) == 1:
        for function in functions:
            yield product_name(function, place), product_name(made[0]).flow


def _is_product(element: Element) -> bool:
    if line(element.findtext("outputGroup")) not in PRODUCTS:
        return False
    try:
        return group_of(element).product
    except InputError:
        return False


def _languages(root: Element) -> Languages:
    main = _attribute(root, "dataSetInformation", "languageCode").lower() or "en"
    return Languages(main, _attribute(root, "dataSetInformation", "localLanguageCode").lower() or "de")


def _location(root: Element) -> str:
    return _attribute(root, "geography", "location")


def _attribute(root: Element, tag: str, name: str) -> str:
    found = root.find(f"{_INFORMATION}/{tag}")
    return line(found.get(name)) if found is not None else ""


def _date(period: Element | None, end: str) -> str:
    if period is None:
        return ""
    for tag in (f"{end}Date", f"{end}YearMonth", f"{end}Year"):
        text = line(period.findtext(tag))
        if text:
            return text
    return ""


def _version(root: Element) -> str:
    parts = [_attribute(root, "dataSetInformation", name) for name in ("version", "internalVersion")]
    return "/".join(part for part in parts if part)


def _description(function: Element) -> str:
    parts = (line(function.get("generalComment")), line(function.get("includedProcesses")))
    return " ".join(part for part in parts if part)
