"""EcoSpold 2: ``.spold`` documents in a folder or zip, with or without the master data of a release.

An activity that was divided among its products stands in several documents under one identifier, so a process is known by
activity and reference product together. The link of an exchange names the activity; with the flow it names the process.
Source: EcoSpold 2 schemas ``EcoSpold02*.xsd`` 2.0.14 and their annotations (ecoinvent Centre).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Literal
from xml.etree.ElementTree import Element

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import OTHER_KINDS, Archive
from cradlemark.inventory.importers.ecospold2_exchanges import (
    Line,
    LineReader,
    declared_factors,
    exchange_elements,
    parameters_of,
)
from cradlemark.inventory.importers.ecospold2_flows import FlowRegister, classification, text, texts
from cradlemark.inventory.importers.ecospold2_links import Links
from cradlemark.inventory.importers.ecospold2_master import MASTER_ROOTS, MasterData
from cradlemark.inventory.importers.ecospold_values import line, of_data_set
from cradlemark.inventory.importers.xml_stream import beginning, read_records
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import EXCHANGES, MAX_EXCHANGES, check_count
from cradlemark.inventory.processes.records import Process

ACTIVITIES = ("activityDataset", "childActivityDataset")
_VERSION_2 = re.compile(rb"EcoSpold02|<(?:[\w.-]+:)?(?:child)?activityDataset\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z]\w*)[\s>]")
_RESULT = "2"
_UNREAD: Mapping[str, Collection[str]] = {
    "modellingAndValidation": {"representativeness", "review"},
    "administrativeInformation": {"dataEntryBy", "dataGeneratorAndPublication"},
    "activityDescription": {"macroEconomicScenario"},
    "activityDescription/activity": {"synonym", "tag", "allocationComment"},
    "activityDescription/geography": {"comment"},
    "activityDescription/timePeriod": {"comment"},
    "flowData": {"impactIndicator"},
}
"""Elements of a data set that are not kept, by the element they are in."""


def is_ecospold2(archive: Archive) -> bool:
    """Whether an archive holds EcoSpold 2 documents."""
    names = [name for name in archive.names() if name.lower().endswith((".spold", ".xml"))]
    first = sorted(names, key=lambda name: (not name.lower().endswith(".spold"), name))[:20]
    return any(_kind(archive, name) for name in first)


def read_ecospold2(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read the EcoSpold 2 documents of an archive.

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


def _kind(archive: Archive, name: str) -> Literal["", "master", "data"]:
    head = beginning(archive, name) or b""
    if not _VERSION_2.search(head):
        return ""
    root = _ROOT.search(head)
    return "master" if root and root.group(1).decode() in MASTER_ROOTS else "data"


class _Reader:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.archive = archive
        self.collector = Collector(archive.name)
        self.register = FlowRegister(self.collector, self.collector.unread)
        self.master = MasterData(self.register)
        self.links = Links()
        self._progress = progress

    def read(self) -> Collected:
        kinds: dict[str, list[str]] = {"": [], "master": [], "data": []}
        for name in self.archive.names():
            lower = name.lower()
            kind: Literal["", "master", "data"] = ""
            if lower.endswith(".spold"):
                kind = "data"  # it calls itself a data set: it is read, and refused with a reason when it is none
            elif lower.endswith(".xml"):
                kind = _kind(self.archive, name)
            kinds[kind].append(name)
        if kinds[""]:
            self.collector.unread[OTHER_KINDS] += len(kinds[""])
        names = kinds["master"] + kinds["data"]
        for done, name in enumerate(names, start=1):
            if self._progress:
                self._progress(done, len(names))
            self._document(name)
        c = self.collector
        tables = self.links.resolve(self.register.with_properties(c.tables()), self.master, c)
        return Collected("EcoSpold 2", tables, c.counts, c.languages, c.unread, tuple(c.problems))

    def _document(self, name: str) -> None:
        try:
            if not self._records(name):
                self.collector.problem(
                    name, "value-missing", Text("the document has no data set", "文档中没有数据集"), Text("export it again", "重新导出")
                )  # fmt: skip
        except InputError as error:
            self.collector.counts["documents refused"] += 1
            self.collector.counts["processes refused"] += name.lower().endswith(".spold")
            self.collector.problem(name, error.code, error.message, error.hint)

    def _records(self, name: str) -> int:
        """Take the records of a document; returns their number."""
        count = 0
        for record in read_records(self.archive, name):
            count += 1
            root = record.element
            if root.tag in ACTIVITIES:
                self._process(root, name)
            elif root.tag == "usedUserMasterData":
                for entry in root:
                    self.master.take(entry)
            else:
                self.master.take(root)
        return count

    def _process(self, root: Element, name: str) -> None:
        activity = root.find("activityDescription/activity")
        identifier = line(activity.get("id")).lower() if activity is not None else ""
        if activity is None or not identifier:
            raise InputError(
                Text("the data set has no activity with an id", "数据集没有带 id 的活动"),
                code="value-missing",
                hint=Text("export it again", "重新导出"),
            )
        elements = exchange_elements(root)
        check_count(len(elements), MAX_EXCHANGES, EXCHANGES)
        unread = _unread(root)
        lines, refused = LineReader(self.register, identifier, unread, self.collector.watch).read(elements)
        product = _reference_product(lines)
        if not product and line(activity.get("parentActivityId")):
            raise InputError(
                Text(
                    "a child data set that holds only the differences to its parent",
                    "只含与上级差异的子数据集",
                ),
                code="value-missing",
                hint=Text("export it with what it inherits", "连同其继承的数据一起导出"),
            )
        names = texts(activity, "activityName")
        process_id = f"{identifier}_{product}" if product else identifier
        kind: Literal["aggregated", "unit_process"] = (
            "aggregated" if activity.get("type") == _RESULT else "unit_process"
        )
        period = root.find("activityDescription/timePeriod")
        factors = tuple(declared_factors(lines, line(activity.get("masterAllocationPropertyId")).lower()))
        process = Process(
            process_id, names, kind, tuple(one.exchange for one in lines), category=_category(root),
            location=text(root, "activityDescription/geography/shortname"),
            valid_from=line(period.get("startDate")) if period is not None else "",
            valid_until=line(period.get("endDate")) if period is not None else "",
            version=_version(root), refused=refused, factors=factors,
            allocation=factors[0].method if factors else "", parameters=tuple(parameters_of(root, elements)),
            description=_paragraphs(root, "activityDescription/activity/generalComment"),
            technology=_paragraphs(root, "activityDescription/technology/comment"),
            unread=unread,
        )  # fmt: skip
        before = self.collector.counts["processes refused"]
        self.collector.add_process(process, where=f"{name} ({next(iter(names.values()), '')[:60]})")
        if self.collector.counts["processes refused"] == before:
            self.links.add(identifier, process_id, lines)


def _unread(root: Element) -> Counter[Text]:
    found: Counter[Text] = Counter()
    for path, tags in _UNREAD.items():
        for element in root.iterfind(path):
            found.update(of_data_set(child.tag) for child in element if child.tag in tags)
    return found


def _reference_product(lines: list[Line]) -> str:
    made = [one.exchange for one in lines if one.exchange.reference and one.exchange.amount != 0.0]
    return made[0].flow if made else ""


def _category(root: Element) -> str:
    description = root.find("activityDescription")
    if description is None:
        return ""
    for system in ("ISIC rev.4 ecoinvent", "EcoSpold01Categories"):
        found = classification(description, system)
        if found:
            return found
    return ""


def _version(root: Element) -> str:
    found = root.find("administrativeInformation/fileAttributes")
    if found is None:
        return ""
    parts = (
        found.get("majorRelease"),
        found.get("minorRelease"),
        found.get("majorRevision"),
        found.get("minorRevision"),
    )
    return ".".join(line(part) for part in parts if part)


def _paragraphs(root: Element, path: str) -> str:
    """Texts of a comment in English, or in the first language there is."""
    found = root.find(path)
    if found is None:
        return ""
    by_language: dict[str, list[str]] = {}
    for element in found.findall("text"):
        if line(element.text):
            language = element.get("{http://www.w3.org/XML/1998/namespace}lang") or "en"
            by_language.setdefault(language, []).append(line(element.text))
    return " ".join(by_language.get("en") or next(iter(by_language.values()), []))
