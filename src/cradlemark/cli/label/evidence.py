"""What a claim beyond the footprint rests on, from files: bundles, labels of other registers, statements, benchmark sets."""

from __future__ import annotations

import datetime
from pathlib import Path

from cradlemark.core.canonical import digest_file
from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import LARGEST, Bundle, read_bundle
from cradlemark.label.baseline import checked_baseline, stated_baseline
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type
from cradlemark.label.reduction_verdicts import Baseline


def bundle_of(path: Path) -> Bundle:
    """Read the sealed bundle of a file."""
    from cradlemark.cli.label.opening import read_document

    return read_bundle(read_document(path, LARGEST), where=path.name)


def benchmark_digest(path: Path) -> str:
    """Digest of the benchmark set of a file."""
    from cradlemark.cli.label.opening import read_document
    from cradlemark.label.benchmark import LARGEST as LARGEST_SET
    from cradlemark.label.benchmark import read_benchmark

    return read_benchmark(read_document(path, LARGEST_SET), where=path.name).digest


def baseline_evidence(
    bundle: Bundle | None, *, label: Path | None, trust: Path | None, statement: Path | None, programme: ProgrammeProfile,
    time: datetime.datetime,
) -> Baseline | None:  # fmt: skip
    """Return what vouches for a baseline by the files given; None when it is the register's own label.

    Raises
    ------
    InputError
        ``claim-options`` when they do not go together.
    RuleError, TrustError
        As `checked_baseline` and `stated_baseline`.
    """
    _refuse_unfit(bundle, label, trust, statement)
    if bundle is not None and label is not None and trust is not None:
        from cradlemark.cli.label.verifying import gather
        from cradlemark.trust.trust_files import read_trust_file

        trusted = read_trust_file(trust.read_bytes(), where=trust.name)
        file = label / "claim.json" if label.is_dir() else label
        return checked_baseline(gather(file), trusted, bundle, now=time)
    if bundle is not None and statement is not None:
        from cradlemark.cli.label.issuing import read_statement

        return stated_baseline(
            read_statement(statement), bundle, digest=digest_file(statement),
            claim_type=granted_type(programme, "reduction"), today=time.date(),
        )  # fmt: skip
    return None


def _refuse_unfit(
    bundle: Bundle | None, label: Path | None, trust: Path | None, statement: Path | None
) -> None:
    wrong: Text | None = None
    if bundle is None and (label or trust or statement):
        wrong = Text(
            "what vouches for a baseline needs its sealed bundle: --baseline",
            "为基线担保者须连同其研究包给出：--baseline",
        )
    elif (label is None) != (trust is None):
        wrong = Text(
            "a label of another register needs --baseline-label and --baseline-trust",
            "其他登记簿的标签须同时给出 --baseline-label 与 --baseline-trust",
        )
    elif label is not None and statement is not None:
        wrong = Text(
            "a baseline rests on a label or on a statement, not on both", "基线只能依据标签或核查声明之一"
        )
    if wrong is not None:
        raise InputError(
            wrong, code="claim-options",
            hint=Text("see cradlemark label issue --help", "见 cradlemark label issue --help"),
        )  # fmt: skip
