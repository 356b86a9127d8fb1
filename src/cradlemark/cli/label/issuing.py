"""``label issue``, ``status`` and ``revoke``: labels of a programme home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.label.claim import ClaimKind
    from cradlemark.label.verification_document import VerifiedStatement


_WORDS = {
    "issued": Text(
        "label {number}, {kind}: {state}, valid until {until}",
        "标签 {number}，{kind}：{state}，有效期至 {until}",
    ),
    "files": Text("published in {folder}", "已发布于 {folder}"),
    "changed": Text("label {number}: {state}", "标签 {number}：{state}"),
    "history": Text("{step} ({role}, entry {index}): {reason}", "{step}（{role}，条目 {index}）：{reason}"),
}


_BUNDLE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@home_argument
@click.argument("bundle", type=_BUNDLE)
@click.option(
    "--kind",
    type=click.Choice(["footprint", "reduction", "grade"]),
    default="footprint",
    show_default=True,
    help="What is claimed.",
)
@click.option(
    "--verification",
    "statement",
    type=_BUNDLE,
    required=True,
    help="TOML document of the verification: verifier, assurance, opinion, date.",
)
@click.option("--case", "case", required=True, help="Number of the case; a label is issued once for it.")
@click.option("--previous", default="", help="Number of the label that this one follows.")
@click.option(
    "--baseline",
    type=_BUNDLE,
    help="For a reduction: sealed bundle of the baseline. The label of HOME that rests on it vouches for it, unless one of the next two is given.",
)
@click.option(
    "--baseline-label",
    type=click.Path(path_type=Path, exists=True),
    help="Label of another register that vouches for the baseline: its published folder, or a file in it.",
)
@click.option("--baseline-trust", type=_BUNDLE, help="Trust file of that register.")
@click.option(
    "--baseline-statement",
    type=_BUNDLE,
    help="Verified statement that vouches for the baseline, as TOML document.",
)
@click.option(
    "--benchmark",
    type=_BUNDLE,
    help="For a grade: published benchmark set; the latest of the class by default.",
)
@passphrase_option
@language_option
def issue(
    home: Path, bundle: Path, kind: ClaimKind, statement: Path, case: str, previous: str, baseline: Path | None,
    baseline_label: Path | None, baseline_trust: Path | None, baseline_statement: Path | None, benchmark: Path | None,
    passphrase_file: Path | None, language: Language,
) -> None:  # fmt: skip
    """Issue a label for the sealed BUNDLE in the programme home HOME and publish it.

    The bundle is recomputed first; number, claim and log entry are stored before anything is signed. A reduction is
    calculated from both bundles under the rules and data of today, a grade from a benchmark set that HOME has published.
    """
    from cradlemark.registry.home import open_home

    passphrase = passphrase_of(passphrase_file)
    opened = open_home(home)
    from cradlemark.cli.label.evidence import baseline_evidence, benchmark_digest, bundle_of
    from cradlemark.registry.labels.application import Application, issue_application
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.label_files import folder_of
    from cradlemark.registry.publication.publish import FEW, publish_all
    from cradlemark.registry.publication.rules_entries import log_rules

    time, programme = now(), opened.programme
    log_rules(opened, time=time)
    before = bundle_of(baseline) if baseline else None
    against = baseline_evidence(
        before, label=baseline_label, trust=baseline_trust, statement=baseline_statement, programme=programme, time=time
    )  # fmt: skip
    asked = Application(
        case, bundle_of(bundle), read_statement(statement), kind, previous, before, against,
        benchmark_digest(benchmark) if benchmark else "",
    )  # fmt: skip
    signer = credential_signer(opened, passphrase=passphrase, time=time)
    label = issue_application(asked, programme, time=time, sign=signer.label)
    publish_all(opened, passphrase=passphrase, time=time, artworks=FEW)
    click.echo(_headline(label, language))
    click.echo(_WORDS["files"].format(folder=opened.public / folder_of(label.number))[language])


@click.command()
@home_argument
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
@language_option
def status(home: Path, number: str, as_json: bool, language: Language) -> None:
    """Show the state of label NUMBER and how it came to it."""
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.publication.label_files import status_document

    label = label_of(number)
    if as_json:
        click.echo(status_document(label).decode(), nl=False)
        return
    click.echo(_headline(label, language))
    for change in json.loads(status_document(label))["changes"]:
        shown = _WORDS["history"].format(
            step=change["step"], role=change["role"], index=change["index"], reason=change["reason"]
        )
        click.echo(f"  {shown[language]}")


@click.command()
@home_argument
@click.argument("number")
@click.option(
    "--step",
    default="revoke",
    show_default=True,
    help="Step of the programme, for example suspend, clear, withdraw.",
)
@click.option("--role", default="decision_maker", show_default=True, help="Role of who does it.")
@click.option("--actor", required=True, help="Who does it; not published.")
@click.option("--reason", required=True, help="One sentence for the public.")
@click.option("--case", "case", required=True, help="Number of the case; a repeated one changes nothing.")
@passphrase_option
@language_option
def revoke(
    home: Path, number: str, step: str, role: str, actor: str, reason: str, case: str, passphrase_file: Path | None,
    language: Language,
) -> None:  # fmt: skip
    """Revoke label NUMBER, or take another step of the programme with --step, and publish the new state."""
    from cradlemark.registry.home import open_home

    passphrase = passphrase_of(passphrase_file)
    opened = open_home(home)
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.publication.publish import FEW, publish_all

    time = now()
    request = ChangeRequest(case, label_of(number).number, step, role, actor, reason)
    label = change_state(request, steps=opened.programme.label_steps, time=time)
    publish_all(opened, passphrase=passphrase, time=time, artworks=FEW)
    click.echo(_WORDS["changed"].format(number=label.number, state=_state(label.state, language))[language])


def read_statement(path: Path) -> VerifiedStatement:
    """Read the document of a verification.

    Raises
    ------
    InputErrors
        Everything that is wrong with it.
    """
    from cradlemark.core.toml import read_toml
    from cradlemark.label.verification_document import statement_of

    return statement_of(read_toml(path), where=path.name)


def _headline(label: Any, language: Language) -> str:
    """Number, kind with what it says, state and last day, in one line."""
    from cradlemark.label.kinds import told
    from cradlemark.registry.labels.issue import stored_claim

    kind, state = told(stored_claim(label)), _state(label.state, language)
    return _WORDS["issued"].format(
        number=label.number, kind=kind[language], state=state, until=label.valid_until
    )[language]


def label_of(text: str) -> Any:
    """Return the label of a number of the home that is open."""
    from cradlemark.label.number import read_number
    from cradlemark.registry.labels.models import Label

    number = str(read_number(text))
    found = Label.objects.filter(number=number).first()
    if found is None:
        raise NotFoundError(
            Text(f"there is no label {number}", f"没有标签 {number}"),
            code="label-unknown",
            hint=Text("check the number", "检查编号"),
        )
    return found


def _state(name: str, language: Language) -> str:
    from cradlemark.label.workflow import workflow

    return workflow().states["label"][name].title[language]
