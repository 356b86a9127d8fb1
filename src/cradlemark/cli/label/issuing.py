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
    from cradlemark.label.claim import Verification

_WORDS = {
    "issued": Text(
        "label {number}: {state}, valid until {until}", "标签 {number}：{state}，有效期至 {until}"
    ),
    "files": Text("published in {folder}", "已发布于 {folder}"),
    "changed": Text("label {number}: {state}", "标签 {number}：{state}"),
    "history": Text("{step} ({role}, entry {index}): {reason}", "{step}（{role}，条目 {index}）：{reason}"),
}


@click.command()
@home_argument
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--verification",
    "statement",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="TOML document of the verification: verifier, assurance, opinion, date.",
)
@click.option("--case", "case", required=True, help="Number of the case; a label is issued once for it.")
@click.option("--previous", default="", help="Number of the label that this one follows.")
@passphrase_option
@language_option
def issue(
    home: Path, bundle: Path, statement: Path, case: str, previous: str, passphrase_file: Path | None,
    language: Language,
) -> None:  # fmt: skip
    """Issue a label for the sealed BUNDLE in the programme home HOME and publish it.

    The bundle is recomputed first; number, claim and log entry are stored before anything is signed.
    """
    from cradlemark.cli.log.keeping import publish_all
    from cradlemark.footprint.bundle.archive import read_bundle
    from cradlemark.registry.home import open_home

    passphrase = passphrase_of(passphrase_file)
    opened = open_home(home)
    read = read_bundle(bundle.read_bytes(), where=bundle.name)
    verification = read_verification(statement)
    from cradlemark.label.granting import grant
    from cradlemark.registry.labels.issue import IssueRequest
    from cradlemark.registry.labels.issue import issue as issue_labels
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.label_files import folder_of

    time = now()
    granted = grant(read, opened.programme, verification, today=time.date(), previous=previous)
    signer = credential_signer(opened, passphrase=passphrase, time=time)
    request = IssueRequest(case, granted)
    (label,) = issue_labels([request], mark=opened.programme.mark, time=time, sign=signer.label)
    publish_all(opened, passphrase, None)
    told = _WORDS["issued"].format(
        number=label.number, state=_state(label.state, language), until=label.valid_until
    )
    click.echo(told[language])
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

    label = _label(number)
    if as_json:
        click.echo(status_document(label).decode(), nl=False)
        return
    told = _WORDS["issued"].format(
        number=label.number, state=_state(label.state, language), until=label.valid_until
    )
    click.echo(told[language])
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
    from cradlemark.cli.log.keeping import publish_all
    from cradlemark.registry.home import open_home

    passphrase = passphrase_of(passphrase_file)
    opened = open_home(home)
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    request = ChangeRequest(case, _label(number).number, step, role, actor, reason)
    label = change_state(request, steps=opened.programme.label_steps, time=now())
    publish_all(opened, passphrase, None)
    click.echo(_WORDS["changed"].format(number=label.number, state=_state(label.state, language))[language])


def read_verification(path: Path) -> Verification:
    """Read the document of a verification.

    Raises
    ------
    InputErrors
        Everything that is wrong with it.
    """
    from cradlemark.core.toml import read_toml
    from cradlemark.label.verification_document import verification_of

    return verification_of(read_toml(path), where=path.name)


def _label(text: str) -> Any:
    from cradlemark.label.number import read_number
    from cradlemark.registry.labels.models import Label

    number = str(read_number(text))
    found = Label.objects.filter(number=number).first()
    if found is None:
        raise NotFoundError(f"there is no label {number}", code="label-unknown", hint="check the number")
    return found


def _state(name: str, language: Language) -> str:
    from cradlemark.label.workflow import workflow

    return workflow().states["label"][name].title[language]
