"""Labels and certificates: how long one takes after warm-up.

Prints medians over claims that differ in number, names and figures, so that nothing can come out of a cache.
"""

from __future__ import annotations

import datetime
import platform
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

import attrs

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.machine import told
from tests.unit.label.artwork.orders import GRADE, HOST, PROGRAMME, REDUCTION, order, terminal_claim

from cradlemark.core.language import Text
from cradlemark.label.artwork.render import pages, render
from cradlemark.label.artwork.variant import Variant
from cradlemark.label.certificate.make import certificate_pdf
from cradlemark.label.certificate.signature import sign_pdf
from cradlemark.label.claim import Claim, Value, stated
from cradlemark.label.number import LabelNumber
from cradlemark.trust.signers import KeySigner, new_key
from cradlemark.trust.x509 import document_certificate

COUNT = 60
WARM = 5
TIME = datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)


def claims() -> list[Claim]:
    made = terminal_claim(grade=GRADE, reduction=REDUCTION)
    found = []
    for index in range(COUNT + WARM):
        figure = 0.05 * (1.0 + 0.37 * index)
        value = Value(figure, 0.8 * figure, 1.3 * figure, *stated(figure))
        found.append(attrs.evolve(
            made, number=str(LabelNumber("DEMO", 1000 + index)), values=attrs.evolve(made.values, gate=value, life_cycle=value),
            product=attrs.evolve(made.product, name=Text(f"Terminal block {index} mm²", f"接线端子 {index} mm²")),
        ))  # fmt: skip
    return found


def shown(name: str, seconds: list[float]) -> None:
    kept = seconds[WARM:]
    print(
        f"{name:44} median {median(kept) * 1e3:6.1f} ms   p95 {quantiles(kept, n=20)[-1] * 1e3:6.1f} ms   first {seconds[0] * 1e3:6.1f} ms"
    )


def main() -> None:
    print(f"{platform.machine()}, Python {platform.python_version()}, {COUNT} different claims; {told()}")
    signer = KeySigner(new_key("p256"))
    key = document_certificate(signer, name="Benchmark", since=TIME, until=TIME + datetime.timedelta(days=9))
    drawn, signed, whole, worked = [], [], [], []
    for claim in claims():
        work, begin = process_time(), perf_counter()
        document = certificate_pdf(claim, PROGRAMME, host=HOST)
        middle = perf_counter()
        sign_pdf(document, signer, key, time=TIME)
        end = perf_counter()
        worked.append(process_time() - work)
        drawn.append(middle - begin)
        signed.append(end - middle)
        whole.append(end - begin)
    shown("certificate drawn (PDF/A-3a, PDF/UA-1)", drawn)
    shown("certificate signed (PAdES, P-256)", signed)
    shown("certificate, both", whole)
    shown("certificate, both, processor time", worked)
    orders = [order(claim, Variant("full")) for claim in claims()]
    singles = []
    for one in orders:
        begin = perf_counter()
        render(one)
        singles.append(perf_counter() - begin)
    shown("full label as SVG, PDF and PNG of 600 dpi", singles)
    begin = process_time()
    pages(orders, "svg")
    print(
        f"{'full labels as SVG in one run, each':44} {(process_time() - begin) / len(orders) * 1e3:13.1f} ms of processor time"
    )


if __name__ == "__main__":
    main()
