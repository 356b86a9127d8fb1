"""The self-made certificate of a key, read by the cryptography library."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cradlemark.core.errors import InputError
from cradlemark.trust.signers import KeySigner, new_key
from cradlemark.trust.x509 import certified_key, document_certificate, pem_certificate, read_certificate

SIGNER = KeySigner(new_key("p256"))
SINCE = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
UNTIL = datetime.datetime(2056, 11, 28, tzinfo=datetime.UTC)


def certificate(name: str = "演示计划 Programme") -> bytes:
    return document_certificate(SIGNER, name=name, since=SINCE, until=UNTIL)


def test_it_is_one_of_the_key_signed_by_itself() -> None:
    found = x509.load_der_x509_certificate(certificate())
    found.verify_directly_issued_by(found)
    public = found.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert public == SIGNER.public_key == certified_key(certificate())
    assert found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "演示计划 Programme"
    assert (found.not_valid_before_utc, found.not_valid_after_utc) == (SINCE, UNTIL)


def test_it_is_for_documents_and_nothing_else() -> None:
    extensions = x509.load_der_x509_certificate(certificate()).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    purposes = [one.dotted_string for one in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value]
    assert purposes == ["1.3.6.1.5.5.7.3.36"]
    assert ExtendedKeyUsageOID.SERVER_AUTH.dotted_string not in purposes


def test_the_number_depends_on_key_name_and_time_only() -> None:
    numbers = [x509.load_der_x509_certificate(certificate(name)).serial_number for name in ("a", "a", "b")]
    assert numbers[0] == numbers[1] != numbers[2]
    assert all(0 < number < 2**159 for number in numbers)  # RFC 5280, section 4.1.2.2


def test_reading() -> None:
    der = certificate()
    assert read_certificate(pem_certificate(der)) == read_certificate(der) == der


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no",
        certificate()[:-1],
        certificate() + b"x",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate(content: bytes) -> None:
    with pytest.raises(InputError, match="certificate-invalid"):
        read_certificate(content)


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_names(name: str) -> None:
    with pytest.raises(InputError, match="certificate-name"):
        certificate(name)


def test_other_kinds_of_keys_are_refused() -> None:
    with pytest.raises(InputError, match="key-invalid"):
        document_certificate(KeySigner(new_key("ed25519")), name="a", since=SINCE, until=UNTIL)
