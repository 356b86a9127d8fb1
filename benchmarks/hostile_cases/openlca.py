"""Hostile openLCA JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.hostile_cases.case import Case, Write, zipped

KIND = "openLCA JSON-LD"
UNITS = {
    "@id": "g",
    "name": "Mass",
    "units": [{"@id": "u", "name": "kg", "conversionFactor": 1.0, "isRefUnit": True}],
}
MASS = {"@id": "m", "name": "Mass", "unitGroup": {"@id": "g"}}
MEASURED = [{"isRefFlowProperty": True, "conversionFactor": 1.0, "flowProperty": {"@id": "m"}}]
FLOW = {"@id": "f", "name": "steel", "flowType": "PRODUCT_FLOW", "flowProperties": MEASURED}
MADE = {
    "internalId": 1,
    "amount": 1.0,
    "isInput": False,
    "isQuantitativeReference": True,
    "flow": {"@id": "f"},
}
PROCESS = {"@id": "p", "name": "steel works", "processType": "UNIT_PROCESS", "exchanges": [MADE]}
REST = {"unit_groups/g.json": json.dumps(UNITS), "flow_properties/m.json": json.dumps(MASS)}


def good() -> dict[str, bytes | str]:
    """A small export that is right."""
    return {**REST, "flows/f.json": json.dumps(FLOW), "processes/p.json": json.dumps(PROCESS)}


def process(**changed: Any) -> Write:
    """An export whose one process is changed."""
    return zipped(lambda: good() | {"processes/p.json": json.dumps({**PROCESS, **changed})})


def raw(content: bytes | str, place: str = "processes/p.json") -> Write:
    """An export whose process, or another document, is these bytes."""
    return zipped(lambda: good() | {place: content})


def exchanges(count: int, entry: str) -> Write:
    """An export whose process has many more exchanges, of which each is this text."""
    head = json.dumps(PROCESS)[: -len("]}")]
    return raw(head + ("," + entry) * count + "]}")


def parameters(found: list[Mapping[str, Any]]) -> Write:
    """An export whose process has these parameters."""
    return process(parameters=found)


def formula(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "isInputParameter": False, "formula": text, "value": 1.0}


def flows(count: int) -> Write:
    flow = json.dumps(FLOW)
    return zipped(lambda: good() | {f"flows/f{n}.json": flow.replace('"f"', f'"f{n}"') for n in range(count)})


def _in_circle(count: int) -> list[Mapping[str, Any]]:
    return [formula(f"p{n}", f"p{(n + 1) % count} + 1") for n in range(count)]


def _providers() -> dict[str, bytes | str]:
    """Two processes that provide each other with more than they make."""
    found = good()
    for mine, other in (("p", "q"), ("q", "p")):
        bought = {
            "internalId": 2,
            "amount": 1.0,
            "isInput": True,
            "flow": {"@id": other},
            "defaultProvider": {"@id": other},
        }
        made = MADE | {"flow": {"@id": mine}}
        found[f"flows/{mine}.json"] = json.dumps(FLOW | {"@id": mine})
        found[f"processes/{mine}.json"] = json.dumps(PROCESS | {"@id": mine, "exchanges": [made, bought]})
    del found["flows/f.json"]
    return found


def _categories() -> dict[str, bytes | str]:
    rest = {
        f"{folder}/c{n}.json": json.dumps(
            {
                "@id": f"c{n}",
                "name": f"c{n}",
                "category": {"@id": f"c{(n + 1) % 500}"},
                "location": {"@id": f"c{(n + 1) % 500}"},
            }
        )
        for folder in ("categories", "locations")
        for n in range(500)
    }
    return (
        good()
        | rest
        | {"processes/p.json": json.dumps(PROCESS | {"category": {"@id": "c1"}, "location": {"@id": "c1"}})}
    )


def _methods(factors: int) -> dict[str, bytes | str]:
    entry = json.dumps({"flow": {"@id": "f"}, "value": 1.0})
    return REST | {
        "lcia_categories/c.json": '{"@id": "c", "name": "c", "impactFactors": ['
        + ",".join([entry] * factors)
        + "]}"
    }


_BAD = "processes/p.json"
CASES = (
    Case(KIND, "empty document", zipped(lambda: REST | {_BAD: b""}), "json-syntax"),
    Case(KIND, "cut off", zipped(lambda: REST | {_BAD: json.dumps(PROCESS)[:-9]}), "json-syntax"),
    Case(KIND, "UTF-16 without a mark", zipped(lambda: REST | {_BAD: json.dumps(PROCESS).encode("utf-16-le")}), "json-syntax"),
    Case(KIND, "GB 18030", zipped(lambda: REST | {_BAD: json.dumps(PROCESS | {"name": "钢铁"}, ensure_ascii=False).encode("gb18030")}), "file-encoding"),
    Case(KIND, "Latin-1", zipped(lambda: REST | {_BAD: json.dumps(PROCESS | {"name": "Öfen"}, ensure_ascii=False).encode("latin-1")}), "file-encoding"),
    Case(KIND, "zero bytes", zipped(lambda: REST | {_BAD: b"\0" * 10_000}), "json-syntax"),
    Case(KIND, "half a character", zipped(lambda: REST | {_BAD: json.dumps(PROCESS).replace("steel works", "\\ud800")}), "file-encoding"),
    Case(KIND, "a list instead of a table", zipped(lambda: REST | {_BAD: "[1]"}), "json-syntax"),
    Case(KIND, "500,000 nested lists", zipped(lambda: REST | {_BAD: b'{"a":' + b"[" * 500_000 + b"]" * 500_000 + b"}"}), "file-bomb"),
    Case(KIND, "200,000 nested lists", zipped(lambda: REST | {_BAD: b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"}), "file-bomb"),
    Case(KIND, "8 million values", zipped(lambda: REST | {_BAD: b'{"exchanges":[' + b"{}," * 8_000_000 + b"{}]}"}), "file-bomb"),
    Case(KIND, "an amount of 1,000,000 digits", exchanges(1, '{"internalId":2,"flow":{"@id":"f"},"amount":' + "9" * 1_000_000 + "}"), "file-bomb"),
    Case(KIND, "an amount of 1e400", exchanges(1, '{"internalId":2,"isInput":true,"flow":{"@id":"f"},"amount":1e400}'), "number-invalid", kept=True),
    Case(KIND, "an amount that is NaN", exchanges(1, '{"internalId":2,"flow":{"@id":"f"},"amount":NaN}'), "json-syntax"),
    Case(KIND, "490,000 empty exchanges", exchanges(490_000, "{}"), "file-bomb"),
    Case(KIND, "49,000 empty exchanges", exchanges(49_000, "{}"), "source-refused"),
    Case(KIND, "100,000 exchanges", exchanges(100_000, '{"amount":1,"isInput":true,"flow":{"@id":"f"}}'), "source-limit"),
    Case(KIND, "a name of 49 MB", process(name="x" * 49_000_000), "file-bomb"),
    Case(KIND, "a name of 900 kB", process(name="x" * 900_000), "text-too-long"),
    Case(KIND, "a comment of 45 MB", exchanges(1, '{"internalId":2,"flow":{"@id":"f"},"amount":1,"description":"' + "x" * 45_000_000 + '"}'), "file-bomb"),
    Case(KIND, "a field name of 40 MB", process(**{"x" * 40_000_000: 1}), "file-bomb"),
    Case(KIND, "300,000 unknown fields", process(**{f"f{n}": 1 for n in range(300_000)}), "", kept=True),
    Case(KIND, "20,000 folders that are none of the format", zipped(lambda: good() | {f"f{n}/a.json": "{}" for n in range(20_000)}), "", kept=True),
    Case(KIND, "formula x^x^x^...", parameters([formula("x", "^".join(["x"] * 900))]), "formula-stored", kept=True),
    Case(KIND, "formula of 800 kB", parameters([formula("x", "1+" * 400_000 + "1")]), "text-too-long"),
    Case(KIND, "formula of 900 brackets", parameters([formula("x", "(" * 900 + "1" + ")" * 900)]), "formula-stored", kept=True),
    Case(KIND, "2,000 formulas pow(pow(pow(...", parameters([formula(f"x{n}", "pow(" * 300 + "2" + ";2)" * 300) for n in range(2_000)]), "formula-stored", kept=True),
    Case(KIND, "50,000 parameters 9^9^9", parameters([formula(f"x{n}", "9^9^9") for n in range(50_000)]), "source-limit"),
    Case(KIND, "5,000 parameters 9^9^9", parameters([formula(f"x{n}", "9^9^9") for n in range(5_000)]), "formula-stored", kept=True),
    Case(KIND, "20,000 parameters in a circle", parameters(_in_circle(20_000)), "source-limit"),
    Case(KIND, "5,000 parameters in a circle", parameters(_in_circle(5_000)), "formula-stored", kept=True),
    Case(KIND, "2,500 pairs of parameters in circles", parameters([formula(f"p{n}", f"p{n ^ 1}") for n in range(5_000)]), "formula-stored", kept=True),
    Case(KIND, "20,000 global parameters", zipped(lambda: good() | {f"parameters/{n}.json": json.dumps(formula(f"g{n}", f"g{n + 1}")) for n in range(20_000)}), "source-limit", kept=True),
    Case(KIND, "processes that provide each other", zipped(_providers), "", kept=True),
    Case(KIND, "categories and places in a circle", zipped(_categories), "", kept=True),
    Case(KIND, "20,000 documents that are no JSON", zipped(lambda: {f"processes/{n}.json": b"{" for n in range(20_000)}), "source-refused"),
    Case(KIND, "20,000 flows and a document that is no process", zipped(lambda: {f"flows/{n}.json": json.dumps(FLOW | {"@id": str(n), "flowType": "NONE"}) for n in range(20_000)}), "source-refused"),
    Case(KIND, "300,000 units", zipped(lambda: good() | {"unit_groups/g.json": '{"@id":"g","units":[' + ",".join(json.dumps({"name": f"u{n}"}) for n in range(300_000)) + "]}", _BAD: "{"}), "json-syntax"),
    Case(KIND, "a method of 150,000 factors of nothing", zipped(lambda: _methods(150_000)), "", kept=True),
    Case(KIND, "a method of 120,000 wrong factors", zipped(lambda: REST | {"lcia_categories/c.json": '{"@id": "c", "impactFactors": [' + ",".join(['{"flow":{},"value":1e999}'] * 120_000) + "]}"}), "source-refused"),
)  # fmt: skip
