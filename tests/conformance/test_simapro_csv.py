"""SimaPro CSV as two readers of others understand it: scores of all products by bw2calc, exchanges of the old layout."""

from __future__ import annotations

import importlib.util
import json
import random
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.stored_intensities import solved_intensities

_SPEC = importlib.util.spec_from_file_location("brightway", Path(__file__).with_name("brightway.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
brightway = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(brightway)

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/samples/simapro_csv"
CATEGORIES = {
    "Resources": "resource", "Emissions to air": "emission/air", "Emissions to water": "emission/water",
    "Emissions to soil": "emission/soil", "Final waste flows": "final waste", "Non material emissions": "non material",
    "Social issues": "social", "Economic issues": "economic",
}  # fmt: skip
READ_BY_BOTH = (
    "bw_allocation.csv", "bw_cas_missing_check_number.csv", "bw_external_documents_and_literature_references.csv",
    "bw_inventory.csv", "bw_missing-project.csv", "bw_process.csv", "bw_process_with_invalid_lognormal_scale.csv",
    "bw_project_params.csv", "bw_python_builtin_as_unit_name.csv", "bw_waste.csv", "bw_waste_scenario.csv",
    "bw_weird_units.csv", "olca_process.csv",
)  # fmt: skip
OLD = ("bw_comments.txt", "bw_multioutput.txt", "bw_new-order.csv")
"""The extractor of bw2io stops at lines without uncertainty (bw_missing.txt, bw_simple.txt)."""
SCORES = """
import json, sys, warnings, zlib
warnings.simplefilter("ignore")
from pathlib import Path
import numpy as np, bw_processing as bwp
from bw2calc import LCA
from bw_simapro_csv import SimaProCSV

categories = json.loads(sys.argv[2])

def vector(package, matrix, entries, **more):
    indices = np.array([(r, c) for (r, c), _ in entries], dtype=bwp.INDICES_DTYPE)
    package.add_persistent_vector(matrix=matrix, indices_array=indices, data_array=np.array([float(v) for _, v in entries]), **more)

def scores_of(path, encoding):
    read = SimaProCSV(Path(path), encoding=encoding, database_name="read", stderr_logs=False, write_logs=False)
    columns = []  # product, demand, entries
    for process in read.to_brightway(separate_products=False)["processes"]:
        functional = [e for e in process["exchanges"] if e.get("functional")]
        if process["type"] != "multifunctional" and functional:
            (made,) = functional
            columns.append((made["name"], 1.0 if made["type"] == "production" else -1.0, process["exchanges"]))
    rows = {name: number for number, (name, _, _) in enumerate(columns)}
    technosphere, biosphere, weights = {}, {}, {}
    for column, (_, _, exchanges) in enumerate(columns):
        for exchange in exchanges:
            name, amount = exchange["name"], exchange["amount"]
            if exchange["type"] == "biosphere":
                place = categories[exchange["context"][0]] + "/" + (exchange["context"][1] or "(unspecified)") + "/" + name
                weights[place] = 0.1 + zlib.crc32(place.encode()) % 1000 / 100
                key = place, column
                biosphere[key] = biosphere.get(key, 0.0) + amount
            elif name in rows:
                key = rows[name], column
                sign = -1.0 if exchange["type"] == "technosphere" else 1.0
                technosphere[key] = technosphere.get(key, 0.0) + sign * amount
    flows = {place: 1000 + number for number, place in enumerate(weights)}
    package = bwp.create_datapackage()
    vector(package, "technosphere_matrix", list(technosphere.items()))
    vector(package, "biosphere_matrix", [((flows[place], c), v) for (place, c), v in biosphere.items()] or [((1000, 0), 0.0)])
    vector(package, "characterization_matrix", [((flows[p], flows[p]), w) for p, w in weights.items()] or [((1000, 1000), 0.0)])
    run, scores = LCA({0: 1}, data_objs=[package]), {}
    run.lci(factorize=True)
    run.lcia()
    for number, (name, demand, _) in enumerate(columns):
        run.lcia(demand={number: demand})
        scores[name] = run.score
    return scores

files = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps({name: scores_of(path, encoding) for name, (path, encoding) in files.items()}))
"""
SPREADS_READ = """
import json, sys, warnings
warnings.simplefilter("ignore")
import math
from pathlib import Path
from bw_simapro_csv import SimaProCSV
read = SimaProCSV(Path(sys.argv[1]), encoding="sloppy-windows-1252", database_name="read", stderr_logs=False, write_logs=False)
found = []
for process in read.to_brightway(separate_products=False)["processes"]:
    for e in process["exchanges"] if process["type"] == "process" else ():
        kind = e.get("uncertainty type")
        if kind == 2:
            found.append([e["name"], "lognormal", math.exp(e["loc"]), math.exp(e["scale"])])
        elif kind in (4, 5):
            found.append([e["name"], {4: "uniform", 5: "triangular"}[kind], e["minimum"], e["maximum"]])
print(json.dumps(sorted(found)))
"""
EXCHANGES = """
import json, sys, warnings
warnings.simplefilter("ignore")
from bw2io.extractors.simapro_csv import SimaProCSVExtractor
data, _, _ = SimaProCSVExtractor.extract(sys.argv[1], delimiter=sys.argv[2], name="read")
print(json.dumps([[e["name"], e["unit"], e["amount"]] for process in data for e in process["exchanges"]]))
"""


def scores_of(done: ProcessImport) -> dict[str, float]:
    """Score of each product, every elementary flow with a weight of its own made from its name."""
    flows = done.database["flows"]
    elementary = [row for row, kind in enumerate(flows.texts("kind")) if kind == "elementary"]
    places = [f"{flows.texts('category')[row]}/{flows.texts('name_en')[row]}" for row in elementary]
    weights = [0.1 + zlib.crc32(place.encode()) % 1000 / 100 for place in places]
    factors = Factors(
        ("weight [1]",), np.zeros(len(elementary), np.int64), np.array(elementary, np.int64),
        ("",) * len(elementary), np.array(weights),
    )  # fmt: skip
    solved = solved_intensities(done.database, methods=[factors])
    activities = done.database["activities"].integers("flow").tolist()
    names = [flows.texts("name_en")[row] for row in activities]
    return dict(zip(names, solved.values[solved.categories.index("weight [1]")].tolist(), strict=True))


UTF_8 = frozenset(
    {
        "bw_process.csv",
        "bw_cas_missing_check_number.csv",
        "bw_waste.csv",
        "bw_weird_units.csv",
        "bw_waste_scenario.csv",
        "olca_process.csv",
    }
)
SPREADS = (
    "Undefined;0;0;0",
    "Lognormal;{gsd};0;0",
    "Normal;{sd};0;0",
    "Triangle;0;{low};{high}",
    "Uniform;0;{low};{high}",
)
EMISSIONS = (
    ("Emissions to air", "Carbon dioxide, fossil", "high. pop.", "kg"), ("Emissions to air", "Methane, fossil", "", "g"),
    ("Emissions to air", "Radon-222", "low. pop., long-term", "kBq"), ("Emissions to water", "Nitrate", "river", "mg"),
    ("Emissions to soil", "Zinc", "agricultural", "lb"), ("Resources", "Iron ore", "in ground", "ton"),
    ("Resources", "Water, river, FR", "in water", "l"), ("Final waste flows", "Slags", "", "kg"),
    ("Non material emissions", "Noise", "", "km"), ("Social issues", "Hours", "", "hr"), ("Economic issues", "Rent", "", "p"),
)  # fmt: skip
UNITS = (
    "kg;Mass;1;kg", "g;Mass;0.001;kg", "mg;Mass;0.000001;kg", "lb;Mass;0.4535924;kg", "ton;Mass;1000;kg", "MJ;Energy;1;MJ",
    "kWh;Energy;3.6;MJ", "m3;Volume;1;m3", "l;Volume;0.001;m3", "Bq;Radioactivity;1;Bq", "kBq;Radioactivity;1000;Bq",
    "m;Length;1;m", "km;Length;1000;m", "s;Time;1;s", "hr;Time;3600;s", "p;Amount;1;p", "tkm;Transport;1;tkm",
)  # fmt: skip


def made_export(separator: str, decimal: str) -> list[str]:
    """An export of 27 linked processes with 30 products, written with semicolons and points and then put into notation."""
    source = random.Random(20261128)
    units = {f"Product {n}/GLO U": ("kg", "g") if n % 3 else ("kWh", "MJ") for n in range(24)}
    treatments = [f"Treatment {n}" for n in range(3)]
    blocks = [block for n in range(24) for block in _made_process(n, source, units, treatments)]
    for number, name in enumerate(treatments):
        rows = {
            "Waste treatment": [f"{name};kg;{2 + number};All waste types;Waste\\Treated;"],
            **_exchanges(source, units, 3),
        }
        rows["Waste to treatment"] = [
            f"{treatments[(number + 1) % 3]};g;{source.uniform(1, 90)!r};{_spread(source, 1.0)};"
        ]
        blocks += _block(
            "Process", {"Category type": ["waste treatment"], "Process identifier": [name], **rows}
        )
    blocks += ["Units", *UNITS, "", "End", ""]
    blocks += ["Database Input parameters", "Load;0.7;Uniform;0;0.5;0.9;No;of trucks", "", "End", ""]
    blocks += ["Database Calculated parameters", "loss;1-LOAD;", "", "End", ""]
    blocks += ["Project Input parameters", "share;60.5;Triangle;0;50;70;No;", "", "End", ""]
    blocks += ["Project Calculated parameters", "rest;100-Share;", "", "End", ""]
    head = ["{SimaPro 9.5.0.0}", "{processes}", "{Date: 05/05/2023}", "{Time: 11:10:18}", "{Project: made}", "{CSV Format version: 9.0.0}",
            f"{{CSV separator: {'Tab' if separator == chr(9) else 'Semicolon'}}}", f"{{Decimal separator: {decimal}}}",
            "{Date separator: /}", "{Short date format: dd/MM/yyyy}", ""]  # fmt: skip
    return head + [_in_notation(line, separator, decimal) for line in blocks]


def _in_notation(line: str, separator: str, decimal: str) -> str:
    """A row with another separator and decimal separator; with decimal commas arguments are separated by semicolons."""
    first, *rest = line.split(";")
    if decimal == "," and len(rest) > 1:
        rest = [cell.replace(",", ";") if cell.startswith("Iff") else cell for cell in rest]
        rest = [re.sub(r"(?<=\d)\.(?=\d)", ",", cell) for cell in rest]
    return separator.join(f'"{cell}"' if separator in cell else cell for cell in (first, *rest))


def _made_process(
    n: int, source: random.Random, units: dict[str, tuple[str, str]], treatments: list[str]
) -> list[str]:
    name = f"Product {n}/GLO U"
    unit = units[name][0]
    products = [f"{name};{unit};{source.uniform(0.5, 9)!r};100;not defined;Made\\Things;"]
    if n % 8 == 5:
        shares = ("Share", "rest") if n == 5 else ("97.25", "2.75")
        products = [
            f"{name};{unit};{source.uniform(0.5, 9)!r};{shares[0]};not defined;Made;main",
            f"By-product {n};kg;{source.uniform(0.5, 9)!r};{shares[1]};not defined;Made;",
        ]
    rows = {"Products": products, **_exchanges(source, units, 4)}
    rows["Waste to treatment"] = [
        f"{source.choice(treatments)};kg;{source.uniform(0.001, 0.2)!r};{_spread(source, 1.0)};"
    ]
    rows["Input parameters"] = ["own;2.5;Normal;0.2;0;0;No;", "Wide;1.5;Undefined;0;0;0;No;"]
    rows["Calculated parameters"] = ["both;own*Load + wide^2/10;"]
    return _block(
        "Process",
        {
            "Category type": ["material"],
            "Process identifier": [f"made{n:05}"],
            "Type": ["Unit process"],
            **rows,
        },
    )


def _exchanges(source: random.Random, units: dict[str, tuple[str, str]], count: int) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {"Avoided products": [], "Materials/fuels": [], "Electricity/heat": []}
    rows |= {heading: [] for heading, *_ in EMISSIONS}
    names = list(units)
    for heading in ("Materials/fuels", "Materials/fuels", "Electricity/heat", "Avoided products"):
        name = source.choice(names)
        unit = source.choice(units[name])
        amount = source.uniform(0.001, 0.05) * {"g": 1000.0, "MJ": 3.6}.get(unit, 1.0)
        rows[heading].append(f"{name};{unit};{amount!r};{_spread(source, amount)};(1,2,1,3,1,na)")
    for heading, name, sub, unit in source.sample(EMISSIONS, count):
        amount = source.uniform(0.1, 40)
        written = source.choice(
            [
                repr(amount),
                "0.5*both+LOSS^2" if count == 4 else "Load*3",
                "Iff(share>50.5, 2.25, 3)",
                "1.5E-2",
            ]
        )
        spread = _spread(source, amount) if written == repr(amount) else "Undefined;0;0;0"
        rows[heading].append(f"{name};{sub};{unit};{written};{spread};")
    return rows


def _spread(source: random.Random, amount: float) -> str:
    spread = source.choice(SPREADS if amount != 1.0 else SPREADS[:3])
    return spread.format(gsd=1.21, sd=amount / 5, low=amount / 2, high=amount * 2)


def _block(kind: str, sections: dict[str, list[str]]) -> list[str]:
    lines = [kind, ""]
    for heading, rows in sections.items():
        lines += [heading, *rows, ""]
    return [*lines, "End", ""]


SAMPLE_NAMES = READ_BY_BOTH if SAMPLES.is_dir() else ()
NOTATIONS = {"points": (";", "."), "commas": (";", ","), "tabs": ("\t", "."), "tabs and commas": ("\t", ",")}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Samples and made exports by name."""
    folder = tmp_path_factory.mktemp("made")
    found = {name: SAMPLES / name for name in SAMPLE_NAMES}
    for name, (separator, decimal) in NOTATIONS.items():
        found[name] = folder / f"{name}.csv"
        found[name].write_bytes("\r\n".join(made_export(separator, decimal)).encode("cp1252"))
    return found


@pytest.fixture(scope="module")
def theirs(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Scores of all products of all files, read by bw_simapro_csv and solved by bw2calc."""
    folder = tmp_path_factory.mktemp("scores")
    given = {
        name: (str(path), "utf-8" if name in UTF_8 else "sloppy-windows-1252") for name, path in files.items()
    }
    (folder / "files.json").write_text(json.dumps(given))
    found: dict[str, dict[str, float]] = brightway.run_brightway(
        SCORES, folder / "files.json", json.dumps(CATEGORIES), folder=folder
    )
    return found


@pytest.mark.parametrize("name", [*READ_BY_BOTH, *NOTATIONS])
def test_scores_of_all_products(
    name: str, files: dict[str, Path], theirs: dict[str, dict[str, float]]
) -> None:
    if name not in files:
        pytest.skip("the samples are not beside the checkout")
    done = import_processes(files[name])
    ours = scores_of(done)
    ours.pop("test waste scenario", None)  # the other reader does not evaluate scenarios
    assert ours.keys() == theirs[name].keys()
    for product, value in theirs[name].items():
        assert ours[product] == pytest.approx(value, rel=1e-9, abs=1e-300), product
    if name in NOTATIONS:
        assert len(ours) == 30
        assert all(value != 0.0 for value in ours.values())
        kinds = set(done.database["exchanges"].texts("distribution"))
        assert kinds == {"", "lognormal", "normal", "triangular", "uniform"}
        assert done.report.counts["formulas calculated"] == done.report.counts["formulas read"] > 20
        assert done.report.counts["processes with several products"] == 3


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the checkout")
@pytest.mark.parametrize("name", OLD)
def test_old_layout(name: str, tmp_path: Path) -> None:
    separator = ";" if name.endswith(".csv") else "\t"
    theirs: list[list[Any]] = brightway.run_brightway(EXCHANGES, SAMPLES / name, separator, folder=tmp_path)
    database = import_processes(SAMPLES / name).database
    exchanges, names = database["exchanges"], database["flows"].texts("name_en")
    ours = zip(
        [names[row] for row in exchanges.integers("flow").tolist()], exchanges.texts("source_unit"),
        exchanges.numbers("source_amount").tolist(), strict=True,
    )  # fmt: skip
    assert sorted(ours) == sorted((name, unit, amount) for name, unit, amount in theirs)
    assert theirs


@pytest.mark.parametrize("name", ["points", "tabs and commas"])
def test_distributions_of_single_products(name: str, files: dict[str, Path], tmp_path: Path) -> None:
    """All but the normal ones, of which the other reader takes the stated value for the variance."""
    theirs: list[list[Any]] = brightway.run_brightway(SPREADS_READ, files[name], folder=tmp_path)
    database = import_processes(files[name]).database
    exchanges, names = database["exchanges"], database["flows"].texts("name_en")
    shared = set(database["allocation_factors"].integers("process").tolist())
    ours = sorted(
        [
            names[int(row["flow"])],
            row["distribution"],
            row["p1"],
            row["p3"] if row["distribution"] == "triangular" else row["p2"],
        ]
        for row in map(exchanges.row, range(len(exchanges)))
        if row["distribution"] in {"lognormal", "uniform", "triangular"} and row["process"] not in shared
    )
    assert len(ours) > 40
    for mine, other in zip(ours, theirs, strict=True):
        assert mine[:2] == other[:2]
        assert mine[2:] == pytest.approx(other[2:], rel=1e-9)
