"""Writes EcoSpold 1 and 2 documents for tests; what it writes by default is valid by the schemas."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
GROUPS = {
    "made": "<outputGroup>0</outputGroup>", "avoided": "<outputGroup>1</outputGroup>",
    "co-product": "<outputGroup>2</outputGroup>", "waste": "<outputGroup>3</outputGroup>",
    "emission": "<outputGroup>4</outputGroup>", "stock": "<outputGroup>5</outputGroup>",
    "material": "<inputGroup>1</inputGroup>", "energy": "<inputGroup>2</inputGroup>",
    "service": "<inputGroup>3</inputGroup>", "resource": "<inputGroup>4</inputGroup>",
    "input": "<inputGroup>5</inputGroup>", "": "",
}  # fmt: skip


def identifier(text: str) -> str:
    """A UUID that a text always gets."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def attributes(values: Mapping[str, object]) -> str:
    """Attributes of an element; those without a value are left out."""
    return "".join(f" {key}={quoteattr(str(value))}" for key, value in values.items() if value is not None)


# EcoSpold 1


def exchange1(number: object, group: str, name: str, amount: object, unit: str = "kg", **more: object) -> str:
    """An exchange of EcoSpold 1."""
    values = {"number": number, "name": name, "unit": unit, "meanValue": amount} | more
    return f"<exchange{attributes(values)}>{GROUPS[group]}</exchange>"


def allocation1(product: int, exchanges: Sequence[int], per_cent: float, method: int = 1) -> str:
    """Shares of a co-product in exchanges."""
    inside = "".join(f"<referenceToInputOutput>{one}</referenceToInputOutput>" for one in exchanges)
    values = {"referenceToCoProduct": product, "allocationMethod": method, "fraction": per_cent}
    return f"<allocation{attributes(values)}>{inside}</allocation>"


def dataset1(
    number: object, name: str, *flow_data: str, unit: str = "kg", location: str = "GLO", kind: int = 1,
    category: str = "metals", subcategory: str = "extraction", local: str = "", amount: object = 1,
    infrastructure: str = "false", languages: tuple[str, str] = ("en", "de"),
) -> str:  # fmt: skip
    """A data set of EcoSpold 1."""
    function = {
        "name": name, "localName": local or name, "infrastructureProcess": infrastructure, "unit": unit,
        "category": category, "subCategory": subcategory, "localCategory": category, "localSubCategory": subcategory,
        "amount": amount, "includedProcesses": "all", "generalComment": "made for a test",
        "infrastructureIncluded": "true", "datasetRelatesToProduct": "true",
    }  # fmt: skip
    return f"""<dataset number={quoteattr(str(number))} timestamp="2024-05-20T10:15:00" generator="test"
 internalSchemaVersion="1.0"><metaInformation><processInformation><referenceFunction{attributes(function)}/>
<geography location={quoteattr(location)} text="somewhere"/><technology text="average"/>
<timePeriod dataValidForEntirePeriod="true" text="now"><startDate>2020-01-01</startDate><endDate>2024-12-31</endDate>
</timePeriod><dataSetInformation type="{kind}" impactAssessmentResult="false" timestamp="2024-05-20T10:15:00"
 version="1.0" internalVersion="1.0" energyValues="0" languageCode="{languages[0]}" localLanguageCode="{languages[1]}"/>
</processInformation><modellingAndValidation><source number="1" sourceType="4" firstAuthor="A" year="2024" title="T"
 placeOfPublications="P"/></modellingAndValidation><administrativeInformation><dataEntryBy person="1"/>
<dataGeneratorAndPublication person="1" dataPublishedIn="0" copyright="false"/><person number="1" name="A" address="B"
 telephone="0" companyCode="C" countryCode="CH"/></administrativeInformation></metaInformation>
<flowData>{"".join(flow_data)}</flowData></dataset>"""


def document1(*datasets: str, namespace: str = "http://www.EcoInvent.org/EcoSpold01") -> str:
    """A document of EcoSpold 1."""
    return f'{HEAD}<ecoSpold xmlns="{namespace}">{"".join(datasets)}</ecoSpold>'


# EcoSpold 2


def texts2(tag: str, names: str | Mapping[str, str]) -> str:
    """A text in one or several languages."""
    by_language = {"en": names} if isinstance(names, str) else names
    return "".join(f'<{tag} xml:lang="{language}">{name}</{tag}>' for language, name in by_language.items())


def property2(name: str, amount: object, unit: str = "kg", **more: object) -> str:
    """A property of an exchange."""
    values = {"propertyId": identifier(name), "amount": amount, "unitId": identifier(unit)} | more
    return f"<property{attributes(values)}>{texts2('name', name)}{texts2('unitName', unit)}</property>"


def classification2(system: str, value: str) -> str:
    """An entry of a classification."""
    return (
        f'<classification classificationId="{identifier(system + value)}">{texts2("classificationSystem", system)}'
        f"{texts2('classificationValue', value)}</classification>"
    )


def uncertainty2(inside: str, scores: Sequence[int] = ()) -> str:
    """A distribution with or without pedigree scores."""
    names = ("reliability", "completeness", "temporalCorrelation", "geographicalCorrelation", "furtherTechnologyCorrelation")  # fmt: skip
    matrix = f"<pedigreeMatrix{attributes(dict(zip(names, scores, strict=True)))}/>" if scores else ""
    return f"<uncertainty>{inside}{matrix}</uncertainty>"


def product2(
    group: str, name: str | Mapping[str, str], amount: object, unit: str = "kg", *, inside: str = "", after: str = "",
    link: str | None = None, flow: str = "", **more: object,
) -> str:  # fmt: skip
    """An intermediate exchange: `inside` stands before properties and uncertainty, `after` before the group."""
    label = name if isinstance(name, str) else name["en"]
    values = {
        "id": identifier(f"exchange {label} {amount} {group}"), "unitId": identifier(unit), "amount": amount,
        "intermediateExchangeId": flow or identifier(f"product {label}"),
        "activityLinkId": identifier(f"activity {link}") if link else None,
    } | more  # fmt: skip
    return (
        f"<intermediateExchange{attributes(values)}>{texts2('name', name)}{texts2('unitName', unit)}{inside}{after}"
        f"{GROUPS[group]}</intermediateExchange>"
    )


def elementary2(
    group: str, name: str | Mapping[str, str], amount: object, unit: str = "kg", *, inside: str = "",
    compartment: tuple[str, str] = ("air", "unspecified"), **more: object,
) -> str:  # fmt: skip
    """An elementary exchange."""
    label = name if isinstance(name, str) else name["en"]
    key = f"elementary {label} {compartment}"
    values = {
        "id": identifier(f"exchange {label} {amount} {group}"), "unitId": identifier(unit), "amount": amount,
        "elementaryExchangeId": identifier(key),
    } | more  # fmt: skip
    where = texts2("compartment", compartment[0]) + texts2("subcompartment", compartment[1])
    return (
        f"<elementaryExchange{attributes(values)}>{texts2('name', name)}{texts2('unitName', unit)}{inside}"
        f'<compartment subcompartmentId="{identifier(str(compartment))}">{where}</compartment>'
        f"{GROUPS[group]}</elementaryExchange>"
    )


def parameter2(name: str, amount: object, **more: object) -> str:
    """A parameter of a data set."""
    values = {"parameterId": identifier(name), "variableName": name, "amount": amount} | more
    return f"<parameter{attributes(values)}>{texts2('name', name)}{texts2('unitName', 'kg')}</parameter>"


def activity2(
    name: str | Mapping[str, str], *flow_data: str, place: str = "GLO", kind: int = 1, special: int = 0,
    tag: str = "activityDataset", key: str = "", **more: object,
) -> str:  # fmt: skip
    """A document of EcoSpold 2."""
    label = key or (name if isinstance(name, str) else name["en"])
    values = {
        "id": identifier(f"activity {label}"), "activityNameId": identifier(f"name {label}"), "type": kind,
        "specialActivityType": special, "energyValues": 0, "inheritanceDepth": 0,
    } | more  # fmt: skip
    person = f'personId="{identifier("person")}" personName="A" personEmail="a@b.example"'
    return f"""{HEAD}<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><{tag}><activityDescription>
<activity{attributes(values)}>{texts2("activityName", name)}<generalComment><text xml:lang="en" index="1">made for a
 test</text></generalComment></activity>{classification2("ISIC rev.4 ecoinvent", "2410:Manufacture of basic iron")}
<geography geographyId="{identifier(place)}">{texts2("shortname", place)}</geography>
<technology technologyLevel="3"/><timePeriod startDate="2020-01-01" endDate="2024-12-31"
 isDataValidForEntirePeriod="true"/><macroEconomicScenario macroEconomicScenarioId="{identifier("usual")}">
{texts2("name", "Business-as-Usual")}</macroEconomicScenario></activityDescription><flowData>{"".join(flow_data)}</flowData>
<modellingAndValidation><representativeness systemModelId="{identifier("model")}">{texts2("systemModelName", "Test")}
</representativeness></modellingAndValidation><administrativeInformation><dataEntryBy {person}/>
<dataGeneratorAndPublication {person} isCopyrightProtected="true" accessRestrictedTo="0"/><fileAttributes
 majorRelease="3" minorRelease="1" majorRevision="0" minorRevision="0" internalSchemaVersion="2.0"
 defaultLanguage="en" creationTimestamp="2024-01-01T00:00:00" lastEditTimestamp="2024-01-01T00:00:00"
 fileGenerator="test" fileTimestamp="2024-01-01T00:00:00" contextId="{identifier("context")}">
{texts2("contextName", "ecoinvent")}</fileAttributes></administrativeInformation></{tag}></ecoSpold>"""
