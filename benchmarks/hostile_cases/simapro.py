"""Hostile SimaPro CSV."""

from __future__ import annotations

from benchmarks.hostile_cases.case import Case, Write, document, spoiled

KIND = "SimaPro CSV"
HEAD = "{SimaPro 9.5.0.0}\n{processes}\n{Date: 05/05/2023}\n{CSV separator: Semicolon}\n{Decimal separator: .}\n\n"
UNITS = "Units\nkg;Mass;1;kg\n\nEnd\n\n"
ROW = "Carbon dioxide;;kg;1;Undefined;0;0;0;\n"


def process(sections: str = "", *, name: str = "steel", products: str | None = None) -> str:
    """A process."""
    made = f"{name};kg;1;100;x;y;\n" if products is None else products
    return f"Process\n\nProcess identifier\np1\n\nProducts\n{made}\n{sections}\nEnd\n\n"


def export(*blocks: str) -> str:
    """An export."""
    return HEAD + "".join(blocks) + UNITS


def _emissions(rows: str) -> str:
    return export(process("Emissions to air\n" + rows))


def _csv(make: object) -> Write:
    return document("data.csv", make)  # type: ignore[arg-type]


def _parameters(count: int, *, circle: bool = False) -> str:
    """Each needs the one behind it."""
    last = "p0" if circle else "1"
    rows = "".join(f"p{n};{f'p{n + 1}' if n + 1 < count else last} + 1;\n" for n in range(count))
    return export(f"Project Calculated parameters\n{rows}\nEnd\n\n", process())


def _method(rows: str) -> str:
    return (
        HEAD.replace("{processes}", "{methods}")
        + f"Method\n\nName\nM\n\nImpact category\nwarming;kg\n\nSubstances\n{rows}\nEnd\n\n" + UNITS
    )  # fmt: skip


CASES = (
    *spoiled(KIND, "data.csv", lambda: export(process()), {
        "empty": "file-empty", "blank": "file-empty", "cut off": "file-truncated", "UTF-16 without a mark": "file-format",
        "zero bytes": "file-empty", "zero bytes inside": "file-encoding", "bytes of noise": "file-format",
    }),
    Case(KIND, "one line of 30 MB", _csv(lambda: HEAD + "x" * 30_000_000), "file-bomb"),
    Case(KIND, "a header of 100,000 lines", _csv(lambda: HEAD[:9] + "{SimaPro 9: x}\n" * 100_000), "simapro-header"),
    Case(KIND, "250,000 rows in one section", _csv(lambda: _emissions(ROW * 250_000)), "file-bomb"),
    Case(KIND, "49,000 rows that are no exchanges", _csv(lambda: _emissions("x;;;;;\n" * 49_000)), "source-refused"),
    Case(KIND, "rows of 400,000 cells", _csv(lambda: _emissions((";a" * 400_000 + "\n") * 20)), "value-missing", kept=True),
    Case(KIND, "quotes that never end", _csv(lambda: _emissions(('"' + "a;" * 20 + "\n" + "b\n" * 2_500) * 30)), "source-limit"),
    Case(KIND, "50,000 empty processes", _csv(lambda: HEAD + "Process\n\nEnd\n" * 50_000), "source-refused"),
    Case(KIND, "200,000 empty blocks", _csv(lambda: HEAD + "Units\n\nEnd\n" * 200_000), "source-refused"),
    Case(KIND, "200,000 sections of a process", _csv(lambda: export("Process\n\n" + "".join(f"Section {n}\nx\n\n" for n in range(200_000)) + "End\n")), "file-bomb"),
    Case(KIND, "200,000 lines outside every block", _csv(lambda: HEAD + "nothing\n" * 200_000), "source-refused"),
    Case(KIND, "formula of 900 brackets, 200 times", _csv(lambda: _emissions(ROW.replace(";1;", f";{'(' * 900 + '1' + ')' * 900};") * 200)), "formula-limit", kept=True),
    Case(KIND, "formula 9^9^9^9^9^9, 2,000 times", _csv(lambda: _emissions(ROW.replace(";1;", ";9^9^9^9^9^9;") * 2_000)), "formula-limit", kept=True),
    Case(KIND, "formula x^x^x^... 100 times", _csv(lambda: _emissions(ROW.replace(";1;", f";{'^'.join(['x'] * 900)};") * 100)), "formula-", kept=True),
    Case(KIND, "an amount of 900,000 digits", _csv(lambda: _emissions(ROW.replace(";1;", f";{'9' * 900_000};"))), "number-invalid", kept=True),
    Case(KIND, "amounts that are NaN, Infinity and 1e400", _csv(lambda: _emissions("".join(ROW.replace(";1;", f";{bad};") for bad in ("NaN", "Infinity", "1e400")))), "-", kept=True),
    Case(KIND, "a name of 900 kB", _csv(lambda: export(process(name="x" * 900_000))), "text-too-long"),
    Case(KIND, "a chain of 60,000 parameters", _csv(lambda: _parameters(60_000)), "source-limit", kept=True),
    Case(KIND, "a chain of 8,000 parameters", _csv(lambda: _parameters(8_000)), "", kept=True),
    Case(KIND, "5,000 parameters in a circle", _csv(lambda: _parameters(5_000, circle=True)), "formula-stored", kept=True),
    Case(KIND, "100,000 distinct units", _csv(lambda: HEAD + process() + "Units\n" + "".join(f"u{n};Q{n};1;u{n}\n" for n in range(100_000)) + "\nEnd\n"), "source-refused"),
    Case(KIND, "20,000 rows with units of their own", _csv(lambda: _emissions("".join(ROW.replace("kg", f"u{n}") for n in range(20_000)))), "source-refused"),
    Case(KIND, "60,000 products", _csv(lambda: export(process(products="".join(f"s{n};kg;1;0;x;y;\n" for n in range(60_000))))), "source-limit"),
    Case(KIND, "40,000 products", _csv(lambda: export(process(products="".join(f"s{n};kg;1;0;x;y;\n" for n in range(40_000))))), "source-"),
    Case(f"{KIND} method", "100,000 factors that are no numbers", _csv(lambda: _method("Air;(unspecified);x;000000-00-0;much;kg\n" * 100_000)), "source-refused"),
    Case(f"{KIND} method", "cut off", _csv(lambda: _method("Air;(unspecified);x;000000-00-0;1;kg\n").partition("\nEnd")[0]), "file-truncated"),
    Case(f"{KIND} method", "30,000 categories", _csv(lambda: HEAD + "Method\n\nName\nM\n\n" + "Impact category\nwarming;kg\n\nSubstances\nx\n\n" * 30_000 + "End\n"), "source-refused"),
)  # fmt: skip
