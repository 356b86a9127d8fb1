"""What a claim refers to, as far as it is published below one folder: programme, baseline label, benchmark set and its labels."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.label.benchmark import BenchmarkSet, benchmark_path, read_benchmark
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.number import read_number
from cradlemark.label.offline_finding import LabelFiles
from cradlemark.label.offline_profile import profile_path


def with_references(files: LabelFiles, public: Path) -> LabelFiles:
    """Add the published files that the claim names; an unreadable claim names none."""
    try:
        claim = read_claim(files.claim)
    except CradlemarkError:
        return files
    benchmark = _benchmark(claim, public)
    return attrs.evolve(
        files,
        programme=_read(public, profile_path(claim.programme.digest)),
        baseline_claim=_baseline(claim, public),
        benchmark=benchmark,
        members=_members(benchmark, public),
    )


def _read(public: Path, name: str) -> bytes:
    path = public / name
    return path.read_bytes() if name and path.is_file() else b""


def _label(number: str, public: Path) -> bytes:
    try:
        return _read(public, f"l/{read_number(number)}/claim.json")
    except CradlemarkError:
        return b""


def _baseline(claim: Claim, public: Path) -> bytes:
    reduction = claim.reduction
    if reduction is None or reduction.baseline_kind != "label" or reduction.baseline_origin:
        return b""
    return _label(reduction.baseline, public)


def _benchmark(claim: Claim, public: Path) -> bytes:
    grade = claim.grade
    if grade is None or not re.fullmatch(r"cc-[0-9a-f]{16}", grade.comparability_class):
        return b""
    return _read(public, benchmark_path(grade.comparability_class, grade.version))


def _members(content: bytes, public: Path) -> dict[str, bytes]:
    try:
        benchmark: BenchmarkSet | None = read_benchmark(content)
    except CradlemarkError:
        benchmark = None
    numbers = [member.number for member in benchmark.members] if benchmark else []
    return {number: found for number in numbers if (found := _label(number, public))}
