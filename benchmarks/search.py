"""Time of a search over generated labels: full text, facets with counts, one page of rows.

    python benchmarks/search.py [labels] [queries]

Makes a register of generated labels (on SQLite, or on the PostgreSQL server that CRADLEMARK_BENCHMARK_DATABASE names, which has to
be empty), then asks what readers ask: words in both languages, beginnings of words, models, filters, orders, later pages, and nothing
at all. Prints the time on the clock and the processor time of this process, as median, 95th percentile and worst; on a machine that
does other work as well, only the processor time means something. The rows are written by the same function that indexes issued labels.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if os.environ.get("CRADLEMARK_BENCHMARK_DATABASE"):
    os.environ["DATABASE_URL"] = os.environ["CRADLEMARK_BENCHMARK_DATABASE"]

from tests.unit.label.builders import claim

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.home import create_home

KINDS = (
    ("terminal block", "接线端子", "HS 853690"), ("circuit breaker", "断路器", "HS 853620"), ("contactor", "接触器", "HS 853649"),
    ("gearbox housing", "减速器壳体", "HS 848390"), ("ball bearing", "滚珠轴承", "HS 848210"), ("steel bolt", "钢制螺栓", "HS 731815"),
    ("cotton fabric", "棉布", "HS 520932"), ("polyester yarn", "涤纶纱线", "HS 540233"), ("copper cable", "铜芯电缆", "HS 854449"),
    ("aluminium profile", "铝型材", "HS 760421"), ("glass bottle", "玻璃瓶", "HS 701090"), ("corrugated box", "瓦楞纸箱", "HS 481910"),
    ("lithium cell", "锂电池", "HS 850760"), ("solar module", "光伏组件", "HS 854143"), ("electric motor", "电动机", "HS 850152"),
    ("plastic housing", "塑料外壳", "HS 392690"), ("rubber seal", "橡胶密封圈", "HS 401693"), ("ceramic tile", "瓷砖", "HS 690721"),
)  # fmt: skip
ADJECTIVES = (("compact", "紧凑型"), ("heavy-duty", "重载"), ("push-in", "直插式"), ("recycled", "再生"), ("insulated", "绝缘"),
              ("galvanised", "镀锌"), ("double", "双联"), ("miniature", "微型"), ("outdoor", "户外"), ("standard", "标准"))  # fmt: skip
PLACES = (
    "CN-ZJ",
    "CN-JS",
    "CN-GD",
    "CN-SH",
    "CN-SD",
    "DE",
    "FR",
    "IT",
    "US",
    "JP",
    "KR",
    "VN",
    "TH",
    "IN",
    "BR",
    "MX",
    "PL",
    "TR",
    "TW",
    "MY",
)
HOLDERS = 2000
STATES = ("active",) * 16 + ("suspended", "expired", "withdrawn", "superseded")
BATCH = 1000


def made(base: Claim, number: LabelNumber, chance: random.Random) -> Claim:
    """A claim with names, codes and figures of its own."""
    (adjective, adjective_zh), (kind, kind_zh, code) = chance.choice(ADJECTIVES), chance.choice(KINDS)
    holder = min(int(chance.paretovariate(0.6)), HOLDERS)
    year, figure = chance.randint(2019, 2026), chance.lognormvariate(1, 2)
    model = f"{kind[:2].upper()}-{chance.randint(1, 9999)}/{chance.choice('ABCDEFG')}{chance.randint(1, 40)}"
    value = attrs.evolve(base.values.gate, figure=figure, stated=f"{figure:.3g}")
    return attrs.evolve(
        base, number=str(number),
        product=attrs.evolve(
            base.product, name=Text(f"{adjective.capitalize()} {kind} {model}", f"{adjective_zh}{kind_zh} {model}"), models=(model,),
            classification=(code,), place=chance.choice(PLACES), site=Text(f"Plant {holder % 7}", f"第{holder % 7}工厂"),
        ),
        holder=attrs.evolve(base.holder, name=Text(f"Maker {holder:04d} Ltd", f"制造{holder:04d}有限公司"), id=f"uscc:{holder:018d}"),
        values=attrs.evolve(base.values, gate=value, life_cycle=None),
        validity=attrs.evolve(base.validity, issued=f"{year}-0{chance.randint(1, 9)}-15", until=f"{year + 2}-01-14"),
    )  # fmt: skip


def fill(labels: int) -> float:
    """Write labels and rows, without signatures; returns the processor time [s] of indexing a label."""
    from django.db import transaction

    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.search.keep import add_rows

    chance, base, spent = random.Random(7), claim(), 0.0
    for first in range(0, labels, BATCH):
        numbers = [LabelNumber("DEMO", n) for n in range(first, min(first + BATCH, labels))]
        claims = [made(base, number, chance) for number in numbers]
        stored = [
            Label(number=one.number, sequence=number.sequence, claim=b"", claim_digest="", state=chance.choice(STATES),
                  valid_until=one.validity.until, request=one.number, entry_id=number.sequence, status_index=number.sequence,
                  credential="x")
            for number, one in zip(numbers, claims, strict=True)
        ]  # fmt: skip
        with transaction.atomic():
            Entry.objects.bulk_create(
                Entry(index=number.sequence, kind="issue", subject=str(number), record=b"", time="2026-11-28T00:00:00Z") for number in numbers
            )  # fmt: skip
            Label.objects.bulk_create(stored)
            start = time.process_time()
            add_rows(stored, {one.number: one for one in claims})
            spent += time.process_time() - start
    return spent / labels


def questions(count: int) -> list[Any]:
    """What readers ask, in a fixed mixture."""
    from cradlemark.registry.search.query import Query

    chance = random.Random(11)
    asked: list[Any] = []
    while len(asked) < count:
        (adjective, adjective_zh), (kind, kind_zh, code) = chance.choice(ADJECTIVES), chance.choice(KINDS)
        place, holder = chance.choice(PLACES), f"uscc:{min(int(chance.paretovariate(0.6)), HOLDERS):018d}"
        year = str(chance.randint(2019, 2026))
        asked += [
            Query(kind), Query(kind_zh), Query(f"{adjective_zh} {kind_zh}"), Query(f"{kind[:4]} {adjective[:3]}"), Query(),
            Query(kind_zh[:1]), Query(f"maker {chance.randint(1, 300):04d}"), Query(f"{kind[:2].upper()}-{chance.randint(1, 999)}"),
            Query("", {"region": (place,)}), Query("", {"category": (code,), "year": (year,)}), Query("", {"holder": (holder,), "state": ("active",)}),
            Query(adjective, {"region": (place, "DE"), "year": (year,)}), Query("", {"state": ("active",)}, chance.choice(("lowest", "highest", "ending"))),
            Query("有限公司", {}, "newest", chance.randint(1, 900)), Query("ltd", {}, "lowest", chance.randint(1, 900)),
        ]  # fmt: skip
    return asked[:count]


def measured(work: Callable[[Any], object], given: list[Any]) -> tuple[list[float], list[float]]:
    clock, processor = [], []
    for one in given:
        start, busy = time.perf_counter(), time.process_time()
        work(one)
        clock.append(1000 * (time.perf_counter() - start))
        processor.append(1000 * (time.process_time() - busy))
    return clock, processor


def told(name: str, values: list[float]) -> str:
    ordered = sorted(values)
    return f"  {name:26}{statistics.median(ordered):8.1f}{ordered[int(0.95 * len(ordered))]:8.1f}{ordered[-1]:8.1f}"


def main() -> None:
    labels = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    with tempfile.TemporaryDirectory() as name:
        programme = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
        create_home(Path(name) / "home", programme=programme, origin="example.org/labels")
        from django.db import connection

        from cradlemark.registry.search.find import find
        from cradlemark.registry.search.query import Query

        indexing = fill(labels)
        (first,), (first_busy,) = measured(find, [Query()])
        clock, processor = measured(find, questions(count))
        print(f"{labels} labels on {connection.vendor}, {count} queries")
        print(f"  indexing                  {1000 * indexing:8.2f} ms of processor time a label")
        print(
            f"  first query of a process  {first:8.0f} ms, {first_busy:.0f} ms of processor time: the facets are read"
        )
        print("  [ms]                        median     p95   worst")
        print(told("time on the clock", clock))
        print(told("processor time (Python)", processor))


if __name__ == "__main__":
    main()
