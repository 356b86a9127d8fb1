"""``label verify``: what a picture, a credential, a proof, a certificate or a bundle is worth, without asking anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from cradlemark.cli.log.options import now, trust_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import TrustError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.label.offline import Finding, LabelFiles

_MARKS = {"holds": "✓", "fails": "✗", "not_checked": "–"}
_WORDS = {
    "yes": Text("Believed: everything that was checked holds.", "可信：所检查的各项均成立。"),
    "no": Text("Not believed.", "不可信。"),
    "open": Text("Not decided: neither a signature nor the log could be checked.", "未能判定：签名与日志均无法检查。"),
    "why": Text("Why: the keys of {origin} in {file}; whoever gave you this file vouches for them.",
                "依据：{file} 中 {origin} 的密钥；由向您提供该文件者担保。"),
    "offline": Text("Checked offline, as of {time}. A state that changed later is not known here.",
                    "离线检查，时间 {time}。此后的状态变化未知。"),
}  # fmt: skip
LARGEST = 200_000_000
PARTS = {
    "claim": "claim.json",
    "credential": "credential.jwt",
    "entry": "entry.json",
    "proof": "label.tlog-proof",
}


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("file", type=_FILE)
@trust_option
@click.option(
    "--public",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Published files of the programme, as far as they are at hand; found by itself beside FILE.",
)
@click.option(
    "--bundle",
    type=_FILE,
    help="Sealed bundle of the study.",
)
@click.option("--baseline", type=_FILE, help="Sealed bundle of the baseline of a reduction.")
@click.option("--baseline-statement", type=_FILE, help="Verified statement that the baseline rests on.")
@click.option("--benchmark", type=_FILE, help="Benchmark set of a grade; found by itself below --public.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@language_option
def verify(
    file: Path, trust: Path, public: Path | None, bundle: Path | None, baseline: Path | None,
    baseline_statement: Path | None, benchmark: Path | None, as_json: bool, language: Language,
) -> None:  # fmt: skip
    """Check FILE offline: a picture (PNG, SVG) or PDF of a label, a credential, a proof, a claim or a bundle.

    What lies beside it or below --public is checked with it. A reduction is recomputed from --bundle and --baseline, a grade
    from its benchmark set. It is said what was checked, what was not, and why one may
    believe it; the exit code is 2 when it is not to be believed.
    """
    from cradlemark.label.offline import believed, check_label
    from cradlemark.trust.trust_files import read_trust_file

    trusted = read_trust_file(trust.read_bytes(), where=trust.name)
    files = attrs.evolve(
        gather(file, public, bundle),
        baseline=_content(baseline),
        baseline_statement=_content(baseline_statement),
    )
    if benchmark is not None:
        files = attrs.evolve(files, benchmark=_content(benchmark))
    findings = check_label(files, trusted, now=now())
    failed = any(finding.outcome == "fails" for finding in findings)
    sure = believed(findings)
    if as_json:
        _print_json(findings, sure)
    else:
        _print_lines(findings, language)
        click.echo(_WORDS["yes" if sure else "no" if failed else "open"][language])
        click.echo(_WORDS["why"].format(origin=trusted.origin, file=trust.name)[language])
        click.echo(_WORDS["offline"].format(time=now().strftime("%Y-%m-%d %H:%M UTC"))[language])
    if not sure:
        reason = next((f for f in findings if f.outcome == "fails"), None)
        raise TrustError(
            reason.detail if reason else Text("neither a signature nor the log could be checked", "签名和日志均无法核查"),
            code="label-not-believed", where=file.name,
            hint=Text("do not rely on it; ask the programme", "不要依赖它；询问计划") if failed else Text("give the published files with --public", "用 --public 给出已发布的文件"),
        )  # fmt: skip


def gather(file: Path, public: Path | None = None, bundle: Path | None = None) -> LabelFiles:
    """Everything at hand about the label of a file."""
    from cradlemark.cli.label.references import with_references
    from cradlemark.label.offline import LabelFiles, number_in

    content = file.read_bytes()[: LARGEST + 1]
    found = LabelFiles(bundle=_content(bundle))
    kind = kind_of(content)
    folder = file.parent
    if kind == "picture":
        code = _code_of(content, file.name)
        found = attrs.evolve(found, code=code, document=content if content.startswith(b"%PDF-") else b"")
        number = number_in(code)
        folder = public / "l" / str(number) if public and number else folder
    elif kind == "bundle":
        found = attrs.evolve(found, bundle=content)
    elif kind == "credential":
        found = attrs.evolve(found, credential=content.decode("ascii", "replace").strip())
    elif kind == "proof":
        found = attrs.evolve(found, proof=content)
    else:
        found = attrs.evolve(found, claim=content)
    public = public or _public_of(folder)
    found = _beside(found, folder, public)
    return with_references(found, public) if public else found


def _content(path: Path | None) -> bytes:
    return path.read_bytes() if path else b""


def kind_of(content: bytes) -> str:
    """What a file is, by its first bytes."""
    start = content[:2000].lstrip()
    if content.startswith(b"PK"):
        return "bundle"
    if content.startswith((b"\x89PNG", b"%PDF-", b"\xff\xd8")) or b"<svg" in start:
        return "picture"
    if start.startswith(b"c2sp.org/tlog-proof"):
        return "proof"
    return "claim" if start.startswith(b"{") else "credential"


def _code_of(content: bytes, name: str) -> str:
    from cradlemark.label.artwork.scan import scan

    codes = scan(content, where=name)
    if not codes:
        raise TrustError(
            Text("no code can be read on the picture", "图片上读不出码"),
            code="code-missing",
            where=name,
            hint=Text("give a sharper or larger one", "给出更清晰或更大的图片"),
        )
    return codes[0]


def _beside(found: LabelFiles, folder: Path, public: Path | None) -> LabelFiles:
    def part(name: str) -> bytes:
        path = folder / name
        return path.read_bytes() if path.is_file() else b""

    lists = sorted((public / "status").glob("*.jwt")) if public else []
    return attrs.evolve(
        found,
        claim=found.claim or part("claim.json"),
        credential=found.credential or part("credential.jwt").decode("ascii", "replace"),
        entry=found.entry or part("entry.json"),
        proof=found.proof or part("label.tlog-proof"),
        status_lists=tuple(path.read_text("ascii", "replace") for path in lists),
    )


def _public_of(folder: Path) -> Path | None:
    """The published folder that a label's folder lies in."""
    for candidate in folder.resolve().parents:
        if (candidate / "status").is_dir() and (candidate / "log").is_dir():
            return candidate
    return None


def _print_lines(findings: tuple[Finding, ...], language: Language) -> None:
    for finding in findings:
        click.echo(f"{_MARKS[finding.outcome]} {finding.title[language]}: {finding.detail[language]}")


def _print_json(findings: tuple[Finding, ...], sure: bool) -> None:
    rows = [
        {"id": f.id, "title": f.title.as_dict(), "outcome": f.outcome, "detail": f.detail.as_dict()}
        for f in findings
    ]
    click.echo(json.dumps({"believed": sure, "findings": rows}, ensure_ascii=False, indent=2))
