"""``label certificate``: the certificate of a claim as a signed PDF."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.label.rendering import label_host, open_programme, read_claim_file
from cradlemark.cli.log.options import now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.trust.signers import Signer

ENDING = ".certificate.pem"
LIFE = datetime.timedelta(days=3653)
"""Validity of a self-made certificate of a key: ten years, longer than any label."""
_WORDS = {
    "signed": Text("{path}: certificate of {number}, signed by {name}", "{path}：{number} 的证书，由 {name} 签名"),
    "plain": Text(
        "{path}: certificate of {number}, NOT signed; give --key to sign it", "{path}：{number} 的证书，未签名；用 --key 签名"
    ),
    "made": Text(
        "{path}: certificate of the key, made now; publish it, so that others can trust the signature",
        "{path}：密钥证书，刚刚生成；请公布以便他人信任签名",
    ),
}  # fmt: skip


@click.command("certificate")
@click.argument("claim", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="Encrypted P-256 key file for documents."
)
@click.option(
    "--key-certificate",
    type=click.Path(path_type=Path, dir_okay=False),
    help="X.509 certificate of the key; KEY.certificate.pem by default, made when it is not there.",
)
@passphrase_option
@click.option(
    "--programme", default="", help="Id or TOML file of the programme; that of the claim by default."
)
@click.option("--host", default="", help="Host of the programme's pages, for the code.")
@language_option
def certificate(
    claim: Path, output: Path, key: Path | None, key_certificate: Path | None, passphrase_file: Path | None,
    programme: str, host: str, language: Language,
) -> None:  # fmt: skip
    """Write the certificate of CLAIM as PDF: tagged PDF/A-3, the claim attached, signed with --key (PAdES).

    CLAIM is the JSON record of a claim.
    """
    from cradlemark.label.certificate.make import certificate_pdf, signed_certificate
    from cradlemark.registry.files import write_file
    from cradlemark.trust.key_files import read_key

    made = read_claim_file(claim)
    profile = open_programme(programme or made.programme.id)
    place = label_host(made, host)
    if key is None:
        write_file(output, certificate_pdf(made, profile, host=place))
        click.echo(_WORDS["plain"].format(path=output, number=made.number)[language])
        return
    signer = read_key(key, passphrase_of(passphrase_file))
    path = key_certificate or key.with_name(key.name + ENDING)
    name = profile.operator["en"]
    der = _certificate_of(path, signer, name, language)
    signed = signed_certificate(made, profile, host=place, signer=signer, certificate=der, time=now())
    write_file(output, signed)
    click.echo(_WORDS["signed"].format(path=output, number=made.number, name=name)[language])


def _certificate_of(path: Path, signer: Signer, name: str, language: Language) -> bytes:
    """Read the certificate of a key, or make it once."""
    from cradlemark.registry.files import write_file
    from cradlemark.trust.x509 import document_certificate, pem_certificate, read_certificate

    if path.exists():
        if path.stat().st_size > 100_000:
            raise InputError(
                Text(f"{path.name} is no certificate", f"{path.name} 不是证书"), code="certificate-invalid", hint=Text("give the file that was written with the key", "给出用密钥写出的文件")
            )  # fmt: skip
        return read_certificate(path.read_bytes(), where=path.name)
    since = now()
    der = document_certificate(signer, name=name, since=since, until=since + LIFE)
    write_file(path, pem_certificate(der))
    click.echo(_WORDS["made"].format(path=path)[language])
    return der
