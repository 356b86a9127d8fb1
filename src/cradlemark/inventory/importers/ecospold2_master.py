"""Master data of EcoSpold 2: names of activities and places, flows with their properties, units."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.ecospold2_flows import MASTER, FlowRegister, text
from cradlemark.inventory.importers.ecospold_values import line

MASTER_ROOTS = frozenset({
    "validActivityIndex", "validActivityNames", "validClassificationSystems", "validCompanies", "validCompartments",
    "validContexts", "validElementaryExchanges", "validGeographies", "validIntermediateExchanges", "validLanguages",
    "validMacroEconomicScenarios", "validParameters", "validPersons", "validProperties", "validSources",
    "validSystemModels", "validTags", "validUnits", "validUnitConversions",
})  # fmt: skip
"""Names of the root elements of master data."""


@attrs.frozen
class IndexEntry:
    """An entry of the activity index: identifiers of the name and of the place."""

    name: str
    place: str


class MasterData:
    """Takes entries of master data; flows go to the register, the rest is kept for messages."""

    def __init__(self, register: FlowRegister) -> None:
        self.register = register
        self.index: dict[str, IndexEntry] = {}
        self.activity_names: dict[str, str] = {}
        self.places: dict[str, str] = {}

    def take(self, entry: Element) -> None:
        """Take one entry; what is of no use here is counted.

        Raises
        ------
        InputError
            From the register, for a flow that is not complete.
        """
        identifier = line(entry.get("id")).lower()
        unread = self.register.unread
        if entry.tag == "activityIndexEntry":
            name, place = line(entry.get("activityNameId")).lower(), line(entry.get("geographyId")).lower()
            self.index.setdefault(identifier, IndexEntry(name, place))
        elif entry.tag == "activityName":
            self.activity_names.setdefault(identifier, text(entry, "name"))
        elif entry.tag == "geography":
            self.places.setdefault(identifier, text(entry, "shortname") or text(entry, "name"))
        elif entry.tag == "unit":
            self.register.units.setdefault(identifier, text(entry, "name"))
        elif entry.tag in {"intermediateExchange", "elementaryExchange"}:
            self._flow(entry)
        else:
            unread[Text(f"master data {entry.tag}", f"主数据 {entry.tag}")] += 1

    def _flow(self, entry: Element) -> None:
        try:
            elementary = entry.tag == "elementaryExchange"
            properties = self.register.properties_of(entry)
            self.register.register(entry, properties, elementary=elementary, rank=(MASTER, "", 0))
        except InputError as error:
            name = text(entry, "name")[:60]
            self.register.collector.problem(f"master data, {name}", error.code, error.message, error.hint)

    def describe(self, activity: str) -> str:
        """Name and place of an activity of the index; empty when it is not there."""
        entry = self.index.get(activity)
        if entry is None:
            return ""
        name = self.activity_names.get(entry.name, "")
        place = self.places.get(entry.place, "")
        return f"{name or 'activity without name'}{f' {{{place}}}' if place else ''}"
