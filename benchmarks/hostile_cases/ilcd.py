"""Hostile ILCD."""

from __future__ import annotations

from benchmarks.hostile_cases.case import Case, Write, zipped
from benchmarks.hostile_cases.ecospold import ENTITIES, EXTERNAL, HEAD

KIND = "ILCD"
COMMON = 'xmlns:common="http://lca.jrc.it/ILCD/Common"'
PROCESS_ID, FLOW_ID, PROPERTY_ID, GROUP_ID = (f"00000000-0000-4000-8000-00000000000{n}" for n in range(1, 5))
MADE = (
    f'<exchange dataSetInternalID="0"><referenceToFlowDataSet refObjectId="{FLOW_ID}"/><exchangeDirection>Output</exchangeDirection>'
    "<meanAmount>1</meanAmount><resultingAmount>1</resultingAmount></exchange>"
)
BOUGHT = MADE.replace('"0"', '"{n}"').replace("Output", "Input")


def identity(uuid: str, name: str = "steel", more: str = "") -> str:
    return f"<dataSetInformation><common:UUID>{uuid}</common:UUID><name>{_name(name)}</name>{more}</dataSetInformation>"


def _name(name: str) -> str:
    return name if name.startswith("<") else f'<baseName xml:lang="en">{name}</baseName>'


def process(exchanges: str = MADE, *, name: str = "steel", relations: str = "", prolog: str = "") -> str:
    """A process."""
    return (
        f'{HEAD}{prolog}<processDataSet xmlns="http://lca.jrc.it/ILCD/Process" {COMMON}><processInformation>{identity(PROCESS_ID, name)}'
        f"<quantitativeReference><referenceToReferenceFlow>0</referenceToReferenceFlow></quantitativeReference>"
        f"<mathematicalRelations>{relations}</mathematicalRelations></processInformation>"
        f"<exchanges>{exchanges}</exchanges></processDataSet>"
    )


def flow() -> str:
    return (
        f'{HEAD}<flowDataSet xmlns="http://lca.jrc.it/ILCD/Flow" {COMMON}><flowInformation>{identity(FLOW_ID)}<quantitativeReference>'
        "<referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty></quantitativeReference></flowInformation><modellingAndValidation>"
        "<LCIMethod><typeOfDataSet>Product flow</typeOfDataSet></LCIMethod></modellingAndValidation><flowProperties>"
        f'<flowProperty dataSetInternalID="0"><referenceToFlowPropertyDataSet refObjectId="{PROPERTY_ID}"/><meanValue>1</meanValue></flowProperty>'
        "</flowProperties></flowDataSet>"
    )


def method(factors: str) -> str:
    return (
        f'{HEAD}<LCIAMethodDataSet xmlns="http://lca.jrc.it/ILCD/LCIAMethod" {COMMON}><LCIAMethodInformation><dataSetInformation>'
        f"<common:UUID>{GROUP_ID}</common:UUID><common:name>warming</common:name></dataSetInformation></LCIAMethodInformation>"
        f"<characterisationFactors>{factors}</characterisationFactors></LCIAMethodDataSet>"
    )


def archive(content: bytes | str, *, with_flow: bool = True) -> Write:
    """An archive with this process."""
    rest = {"ILCD/flows/f.xml": flow()} if with_flow else {}
    return zipped(lambda: {**rest, "ILCD/processes/p.xml": content})


def _factor(value: str, flow_id: str = FLOW_ID) -> str:
    return f'<factor><referenceToFlowDataSet refObjectId="{flow_id}"/><meanValue>{value}</meanValue></factor>'


def _parameter(number: int, formula: str) -> str:
    return f'<variableParameter name="x{number}"><formula>{formula}</formula><meanValue>1</meanValue></variableParameter>'


def _many(count: int) -> Write:
    return zipped(lambda: {f"ILCD/processes/{n}.xml": "<processDataSet/>" for n in range(count)})


CASES = (
    Case(KIND, "empty document", archive(b""), "xml-syntax"),
    Case(KIND, "cut off", archive(process()[:-40]), "xml-syntax"),
    Case(KIND, "UTF-16 without a mark", archive(process().encode("utf-16-le")), "file-encoding"),
    Case(KIND, "GB 18030 that says UTF-8", archive(process(name="钢铁").encode("gb18030")), "file-encoding"),
    Case(KIND, "Latin-1 that says UTF-8", archive(process(name="Öfen").encode("latin-1")), "file-encoding"),
    Case(KIND, "zero bytes", archive(b"\0" * 10_000), "file-encoding"),
    Case(KIND, "entities that multiply", archive(process(name="&j;", prolog=ENTITIES)), "file-unsafe"),
    Case(KIND, "entity from a file of the machine", archive(process(name="&j;", prolog=EXTERNAL)), "file-unsafe"),
    Case(KIND, "an encoding that hides a document type", archive(b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE x><x/>".encode("cp037")), "file-encoding"),
    Case(KIND, "100,000 nested elements", archive("<processDataSet>" + "<a>" * 100_000 + "</a>" * 100_000 + "</processDataSet>"), "value-missing"),
    Case(KIND, "12 million elements", archive("<processDataSet>" + "<a/>" * 12_000_000 + "</processDataSet>"), "file-bomb"),
    Case(KIND, "900,000 elements", archive("<processDataSet>" + "<a/>" * 900_000 + "</processDataSet>"), "value-missing"),
    Case(KIND, "an element with 600,000 attributes", archive("<processDataSet " + " ".join(f'a{n}="1"' for n in range(600_000)) + "/>"), "file-bomb"),
    Case(KIND, "49,000 empty exchanges", archive(process("<exchange/>" * 49_000)), "source-refused"),
    Case(KIND, "400,000 empty exchanges", archive(process("<exchange/>" * 400_000)), "source-limit"),
    Case(KIND, "60,000 exchanges", archive(process(MADE + "".join(BOUGHT.format(n=n) for n in range(1, 60_000)))), "source-limit"),
    Case(KIND, "200,000 unknown elements of an exchange", archive(process(MADE.replace("</exchange>", "".join(f"<x{n}/>" for n in range(200_000)) + "</exchange>"))), "", kept=True),
    Case(KIND, "a name of 45 MB", archive(process(name="x" * 45_000_000)), "file-bomb"),
    Case(KIND, "names in 20,000 languages", archive(process(name="".join(f'<baseName xml:lang="l{n}">x</baseName>' for n in range(20_000)))), "source-limit"),
    Case(KIND, "an amount of 1,000,000 digits", archive(process(MADE + BOUGHT.format(n=1).replace("Amount>1<", f"Amount>{'9' * 1_000_000}<"))), "file-bomb"),
    Case(KIND, "amounts that are NaN and 1e400", archive(process(MADE + "".join(BOUGHT.format(n=n).replace("Amount>1<", f"Amount>{bad}<") for n, bad in enumerate(("NaN", "1e400"), 1)))), "number-invalid", kept=True),
    Case(KIND, "60,000 parameters", archive(process(relations="".join(_parameter(n, f"x{n + 1}+1") for n in range(60_000)))), "source-limit"),
    Case(KIND, "5,000 parameters in a circle", archive(process(relations="".join(_parameter(n, f"x{(n + 1) % 5_000}") for n in range(5_000)))), "formula-stored", kept=True),
    Case(KIND, "20,000 documents of nothing", _many(20_000), "source-refused"),
    Case(f"{KIND} method", "100,000 factors that are no numbers", zipped(lambda: {"ILCD/lciamethods/m.xml": method(_factor("much") * 100_000)}), "number-invalid"),
    Case(f"{KIND} method", "600,000 factors", zipped(lambda: {"ILCD/lciamethods/m.xml": method("<factor/>" * 600_000)}), "source-limit"),
    Case(f"{KIND} method", "entities that multiply", zipped(lambda: {"ILCD/lciamethods/m.xml": method("&j;").replace(HEAD, HEAD + ENTITIES)}), "file-unsafe"),
    Case(f"{KIND} method", "cut off", zipped(lambda: {"ILCD/lciamethods/m.xml": method(_factor("1"))[:-30]}), "xml-syntax"),
)  # fmt: skip
