"""Hostile EcoSpold 1 and 2."""

from __future__ import annotations

from benchmarks.hostile_cases.case import Case, Write, document, spoiled, zipped

FIRST, SECOND = "EcoSpold 1", "EcoSpold 2"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "' + "a" * 50 + '">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
)  # fmt: skip
EXTERNAL = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
MADE = '<exchange number="1" name="steel" unit="kg" meanValue="1"><outputGroup>0</outputGroup></exchange>'
BOUGHT = '<exchange number="2" name="coal" unit="kg" meanValue="1"><inputGroup>5</inputGroup></exchange>'


def dataset(inside: str = MADE, *, name: str = "steel", number: str = "1", unit: str = "kg") -> str:
    """A data set of EcoSpold 1."""
    return (
        f'<dataset number="{number}"><metaInformation><processInformation><referenceFunction name="{name}" localName="Stahl" '
        f'unit="{unit}" category="metals" subCategory="steel" amount="1"/><geography location="GLO"/><dataSetInformation type="1" '
        f'languageCode="en" localLanguageCode="de"/></processInformation></metaInformation><flowData>{inside}</flowData></dataset>'
    )


def first(*datasets: str, prolog: str = "") -> str:
    """A document of EcoSpold 1."""
    return (
        f'{HEAD}{prolog}<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01">{"".join(datasets)}</ecoSpold>'
    )


def _impact(count: int) -> str:
    factor = '<exchange number="1" name="x" unit="kg" category="air" meanValue="?"/>'
    text = first(dataset(factor * count))
    return text.replace("EcoSpold01", "EcoSpold01Impact")


def intermediate(
    number: int,
    name: str,
    amount: str = "1",
    *,
    group: str = "<outputGroup>0</outputGroup>",
    inside: str = "",
) -> str:
    """An exchange of EcoSpold 2."""
    return (
        f'<intermediateExchange id="e{number}" unitId="u" amount="{amount}" intermediateExchangeId="i-{name[:20]}"><name xml:lang="en">{name}</name>'
        f'<unitName xml:lang="en">kg</unitName>{inside}{group}</intermediateExchange>'
    )


def activity(
    inside: str = "",
    *,
    name: str = '<activityName xml:lang="en">steel</activityName>',
    flows: str | None = None,
) -> str:
    """A data set of EcoSpold 2."""
    return (
        f'<activityDataset><activityDescription><activity id="a" activityNameId="n" type="1">{name}</activity><geography geographyId="GLO"><shortname '
        f'xml:lang="en">GLO</shortname></geography></activityDescription><flowData>{intermediate(1, "steel") if flows is None else flows}'
        f"{inside}</flowData></activityDataset>"
    )


def second(*datasets: str, prolog: str = "") -> str:
    """A document of EcoSpold 2."""
    return (
        f'{HEAD}{prolog}<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02">{"".join(datasets)}</ecoSpold>'
    )


def _parameter(number: int, formula: str) -> str:
    return f'<parameter parameterId="{number}" variableName="x{number}" mathematicalRelation="{formula}" isCalculatedAmount="true" amount="1"><name xml:lang="en">x</name></parameter>'


def _one(make: object) -> Write:
    return document("data.xml", make)  # type: ignore[arg-type]


def _two(make: object) -> Write:
    return document("data.spold", make)  # type: ignore[arg-type]


_BYTES = {
    "empty": "file-empty", "blank": "file-format", "cut off": "xml-syntax", "UTF-16 without a mark": "file-encoding",
    "GB 18030 that says UTF-8": "file-encoding", "Latin-1 that says UTF-8": "file-encoding", "zero bytes": "file-format",
    "zero bytes inside": "file-encoding", "bytes of noise": "file-format",
}  # fmt: skip
_INPUT = "<inputGroup>5</inputGroup>"
CASES = (
    *spoiled(FIRST, "data.xml", lambda: first(dataset()), _BYTES),
    Case(FIRST, "entities that multiply", _one(lambda: first(dataset(name="&j;"), prolog=ENTITIES)), "file-unsafe"),
    Case(FIRST, "entity from a file of the machine", _one(lambda: first(dataset(name="&j;"), prolog=EXTERNAL)), "file-unsafe"),
    Case(FIRST, "document type behind 1 MB of comments", _one(lambda: first(dataset(), prolog="<!--" + "x" * 1_000_000 + "-->" + EXTERNAL)), "file-format"),
    Case(FIRST, "an encoding that hides a document type", _one(lambda: b'<?xml version="1.0" encoding="utf-7"?><ecoSpold/>'), "file-encoding"),
    Case(FIRST, "100,000 nested elements", _one(lambda: first("<a>" * 100_000)), "file-bomb"),
    Case(FIRST, "49,000 empty exchanges", _one(lambda: first(dataset("<exchange/>" * 49_000))), "source-refused"),
    Case(FIRST, "290,000 empty exchanges", _one(lambda: first(dataset("<exchange/>" * 290_000))), "source-refused"),
    Case(FIRST, "1,000 data sets of 1,000 empty exchanges", _one(lambda: first(dataset("<exchange/>" * 1_000) * 1_000)), "source-refused"),
    Case(FIRST, "59,000 empty data sets", _one(lambda: first("<dataset/>" * 59_000)), "source-refused"),
    Case(FIRST, "61,000 data sets that are all one", _one(lambda: first(dataset() * 61_000)), "source-refused"),
    Case(FIRST, "an element with 400,000 attributes", _one(lambda: first("<dataset " + " ".join(f'a{n}="1"' for n in range(400_000)) + "/>")), "file-bomb"),
    Case(FIRST, "a name of 900 kB", _one(lambda: first(dataset(name="x" * 900_000))), "text-too-long"),
    Case(FIRST, "a name of 40 MB", _one(lambda: first(dataset(name="x" * 40_000_000))), "file-bomb"),
    Case(FIRST, "an amount of 900,000 digits", _one(lambda: first(dataset(MADE.replace('meanValue="1"', f'meanValue="{"9" * 900_000}"')))), "number-invalid", kept=True),
    Case(FIRST, "amounts that are NaN, INF and 1e400", _one(lambda: first(dataset("".join(MADE.replace('meanValue="1"', f'meanValue="{bad}"') for bad in ("NaN", "INF", "1e400"))))), "number-invalid", kept=True),
    Case(FIRST, "30,000 distinct units", _one(lambda: first(dataset(MADE + "".join(BOUGHT.replace('"kg"', f'"u{n}"').replace("coal", f"c{n}") for n in range(30_000))))), "source-refused"),
    Case(FIRST, "a method of 49,000 factors that are no numbers", _one(lambda: _impact(49_000)), "source-refused"),
    *spoiled(SECOND, "data.spold", lambda: second(activity()), _BYTES),
    Case(SECOND, "entities that multiply", _two(lambda: second(activity(), prolog=ENTITIES)), "file-unsafe"),
    Case(SECOND, "entity from a file of the machine", _two(lambda: second(activity(), prolog=EXTERNAL)), "file-unsafe"),
    Case(SECOND, "100,000 nested elements", _two(lambda: second("<a>" * 100_000)), "file-bomb"),
    Case(SECOND, "49,000 empty exchanges", _two(lambda: second(activity("<intermediateExchange/>" * 49_000))), "source-refused"),
    Case(SECOND, "200,000 empty exchanges", _two(lambda: second(activity("<intermediateExchange/>" * 200_000))), "source-limit"),
    Case(SECOND, "10,000 documents of nothing", zipped(lambda: {f"{n}.spold": second(activity(flows="")) for n in range(10_000)}), "source-refused"),
    Case(SECOND, "30,000 empty documents", zipped(lambda: {f"{n}.spold": second() for n in range(30_000)}), "source-refused"),
    Case(SECOND, "a name of 900 kB", _two(lambda: second(activity(name=f'<activityName xml:lang="en">{"x" * 900_000}</activityName>'))), "text-too-long"),
    Case(SECOND, "names in 20,000 languages", _two(lambda: second(activity(name="".join(f'<activityName xml:lang="l{n}">x</activityName>' for n in range(20_000))))), "source-limit"),
    Case(SECOND, "40,000 parameters", _two(lambda: second(activity("".join(_parameter(n, f"x{n + 1} + 1") for n in range(40_000))))), "file-bomb"),
    Case(SECOND, "5,000 parameters in a circle", _two(lambda: second(activity("".join(_parameter(n, f"x{(n + 1) % 5_000} + 1") for n in range(5_000))))), "formula-stored", kept=True),
    Case(SECOND, "3,000 formulas x^x^x", _two(lambda: second(activity("".join(_parameter(n, "^".join(["x1"] * 300)) for n in range(3_000))))), "formula-stored", kept=True),
    Case(SECOND, "an amount of 900,000 digits", _two(lambda: second(activity(intermediate(2, "coal", "9" * 900_000, group=_INPUT)))), "number-invalid", kept=True),
    Case(SECOND, "amounts that are NaN, INF and 1e400", _two(lambda: second(activity("".join(intermediate(n, "coal", bad, group=_INPUT) for n, bad in enumerate(("NaN", "INF", "1e400"), 2))))), "number-invalid", kept=True),
    Case(SECOND, "40,000 properties of one exchange", _two(lambda: second(activity(intermediate(2, "coal", inside='<property propertyId="p" amount="1" unitId="u"/>' * 40_000, group=_INPUT)))), "", kept=True),
)  # fmt: skip
