"""A signed certificate is believed only from a trusted key and only as it was signed."""

from __future__ import annotations

import datetime
import re
from random import Random

import pytest
from tests.unit.label.artwork.orders import HOST, PROGRAMME, terminal_claim

from cradlemark.core.errors import CradlemarkError, InputError, TrustError
from cradlemark.label.certificate.make import certificate_pdf, signed_certificate
from cradlemark.label.certificate.verify import LARGEST_DOCUMENT, check_certificate
from cradlemark.trust.signers import KeySigner, new_key
from cradlemark.trust.x509 import document_certificate

CLAIM = terminal_claim()
TIME = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
SIGNER = KeySigner(new_key("p256"))
KEYS = {SIGNER.public_key}


@pytest.fixture(scope="module")
def signed() -> bytes:
    certificate = document_certificate(
        SIGNER, name="Example", since=TIME, until=TIME + datetime.timedelta(days=9)
    )
    return signed_certificate(CLAIM, PROGRAMME, host=HOST, signer=SIGNER, certificate=certificate, time=TIME)


def test_a_sound_one(signed: bytes) -> None:
    found = check_certificate(signed, keys=KEYS)
    assert (found.claim, found.signer, found.key, found.time) == (CLAIM, "Example", SIGNER.public_key, TIME)


def test_another_key_is_not_trusted(signed: bytes) -> None:
    with pytest.raises(TrustError, match="signature-missing"):
        check_certificate(signed, keys={KeySigner(new_key("p256")).public_key})


def test_an_unsigned_one_is_not_trusted() -> None:
    with pytest.raises(TrustError, match="signature-missing"):
        check_certificate(certificate_pdf(CLAIM, PROGRAMME, host=HOST), keys=KEYS)


def test_something_appended_is_refused(signed: bytes) -> None:
    with pytest.raises(TrustError, match="signature-wrong"):
        check_certificate(signed + b"\n% more\n", keys=KEYS)


def test_no_flipped_bit_is_believed_outside_of_the_room_for_the_signature(signed: bytes) -> None:
    found = re.search(rb"/ByteRange ?\[ ?0 (\d+) (\d+)", signed)
    assert found is not None
    first, last = int(found[1]), int(found[2])
    random = Random(7)
    for _ in range(80):
        place = random.randrange(len(signed))
        content = bytearray(signed)
        content[place] ^= 1 << random.randrange(8)
        try:
            check_certificate(bytes(content), keys=KEYS)
        except CradlemarkError:
            continue
        assert first <= place < last


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"no", b"0" * (LARGEST_DOCUMENT + 1)])
def test_what_is_no_certificate(content: bytes) -> None:
    with pytest.raises(InputError, match="certificate-unreadable"):
        check_certificate(content, keys=KEYS)


def test_a_truncated_one(signed: bytes) -> None:
    for share in (0.2, 0.5, 0.99):
        with pytest.raises(CradlemarkError):
            check_certificate(signed[: int(len(signed) * share)], keys=KEYS)
