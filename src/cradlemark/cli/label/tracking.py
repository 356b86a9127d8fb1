"""``label reduction``: hold a study against an earlier one of the same product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.footprint import DATABASES, DRAWS, SEED
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.label.programme import ProgrammeProfile
    from cradlemark.label.reduction_verdicts import Baseline

_FACTS = ("benchmark", "peers", "market_leader")


@click.command()
@click.argument("baseline", type=click.Path(path_type=Path))
@click.argument("today", type=click.Path(path_type=Path))
@click.option("--scenario", default="", help="Id of one of the scenarios of TODAY.")
@click.option(
    "--programme", "programmes", multiple=True, help="Id or TOML file; all packaged ones when left out."
)
@click.option(
    "--claim",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Claim of the label that is the baseline.",
)
@click.option(
    "--statement", type=click.Path(path_type=Path, dir_okay=False), help="Verified statement on the baseline."
)
@click.option("--benchmark", type=float, help="Benchmark of the category [kg CO2e per declared unit].")
@click.option("--peers", type=float, help="Mean of certified peers [kg CO2e per declared unit].")
@click.option(
    "--market-leader", type=float, help="Product that leads the market [kg CO2e per declared unit]."
)
@click.option("--plan-published", is_flag=True, help="A management plan with a target is public.")
@click.option("--as-published", is_flag=True, help="Take the baseline as it was calculated at its time.")
@DATABASES
@DRAWS
@SEED
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--lines", default=6, show_default=True, type=click.IntRange(0), help="Changes to list.")
@language_option
def reduction(
    baseline: Path,
    today: Path,
    scenario: str,
    programmes: tuple[str, ...],
    claim: Path | None,
    statement: Path | None,
    plan_published: bool,
    as_published: bool,
    databases: tuple[str, ...],
    draws: int,
    seed: int,
    as_json: bool,
    lines: int,
    language: Language,
    **facts: float | None,
) -> None:
    """Show how much lower TODAY is than BASELINE, why, how sure that is, and what every programme makes of it.

    Both are studies (folder or document) or sealed bundles. When rules, methods or databases have changed, the baseline
    is calculated anew under those of today.
    """
    from cradlemark.cli.label.opening import matcher_for, open_tracked
    from cradlemark.cli.label.reduction_page import reduction_document, show_reduction
    from cradlemark.footprint.reduction import track
    from cradlemark.label.reduction_verdicts import verdicts

    before, now = open_tracked(baseline, databases=databases), open_tracked(today, scenario, databases)
    tracking = track(
        before.model,
        now.model,
        draws=draws,
        seed=seed,
        as_published=as_published,
        finder=matcher_for(before, now),
    )
    known = {name: value for name, value in facts.items() if value is not None}
    if plan_published:
        known["plan_published"] = 1.0
    against = _baseline(claim, statement, tracking.published.digest)
    found = verdicts(
        tracking, [_programme(name) for name in _names(programmes)], baseline=against, facts=known
    )
    if as_json:
        click.echo(reduction_document(tracking, found, against))
    else:
        show_reduction(tracking, found, language=language, lines=lines)


def _names(programmes: tuple[str, ...]) -> tuple[str, ...]:
    from cradlemark.label.programme_reader import programme_ids

    return programmes or programme_ids()


def _programme(name: str) -> ProgrammeProfile:
    from cradlemark.label.programme_reader import load_programme, load_programme_file

    return load_programme_file(Path(name)) if name.endswith(".toml") else load_programme(name)


def _baseline(claim: Path | None, statement: Path | None, result: str) -> Baseline | None:
    """What the reduction is claimed against; a claim has to be of the result that is the baseline here."""
    from cradlemark.cli.label.opening import read_document
    from cradlemark.core.canonical import digest_file
    from cradlemark.core.errors import StateError
    from cradlemark.label.claim import LARGEST, read_claim
    from cradlemark.label.reduction_verdicts import Baseline

    if claim is not None:
        found = read_claim(read_document(claim, LARGEST), where=claim.name)
        if found.digests.result != result:
            raise StateError(
                Text(f"claim {found.number} is of another result than this baseline", f"声明 {found.number} 对应的结果与此基线不同"), code="claim-mismatch",
                where=claim.name, hint=Text("give the study or bundle that the label rests on, with the same draws and seed", "给出标签所依据的研究或包，抽样次数和种子须相同"),
            )  # fmt: skip
        return Baseline("label", found.number, found.digest)
    if statement is not None:
        return Baseline("statement", statement.name, digest_file(statement))
    return None
