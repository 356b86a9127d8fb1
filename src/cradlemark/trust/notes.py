"""Signed notes and the keys they are checked with.

After C2SP signed-note 1.0 (Ed25519, type 1) and tlog-cosignature 1.0 (Ed25519 with a time, type 4).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence

import attrs

from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.signers import Signer
from cradlemark.trust.verification import verify_signature

NOTE_KEY = 1
"""Type of a plain Ed25519 signature."""
WITNESS_KEY = 4
"""Type of an Ed25519 cosignature of a witness, with the time."""
LARGEST_NOTE = 1_000_000
"""Longest note that is read [byte]."""
MOST_SIGNATURES = 100
_DASH = "— "
_NAME = re.compile(r"[^\s+]+")


@attrs.frozen
class VerifierKey:
    """A public key with its name.

    Parameters
    ----------
    name : str
        Like ``example.com/log``, without spaces and plus signs.
    kind : {1, 4}
        `NOTE_KEY` or `WITNESS_KEY`.
    public_key : bytes
        32 bytes.
    """

    name: str
    kind: int
    public_key: bytes

    @property
    def id(self) -> int:
        """First four bytes of SHA-256 over name, type and key."""
        return int.from_bytes(_digest(self.name, bytes([self.kind]) + self.public_key)[:4], "big")

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public_key).decode()
        return f"{self.name}+{self.id:08x}+{material}"


def _digest(name: str, material: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + material).digest()


def verifier_key(text: str) -> VerifierKey:
    """Read a key like ``example.com/log+0123abcd+AR...``.

    Raises
    ------
    InputError
        ``key-invalid``.
    """
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    material = _decoded(encoded)
    if not _NAME.fullmatch(name) or material is None or len(material) != 33:
        raise _no_key(text)
    key = VerifierKey(name, material[0], material[1:])
    if key.kind not in {NOTE_KEY, WITNESS_KEY} or number != f"{key.id:08x}":
        raise _no_key(text)
    return key


def key_of(name: str, signer: Signer, *, kind: int = NOTE_KEY) -> VerifierKey:
    """The public key of a signer under a name."""
    if signer.algorithm != "ed25519":
        raise InputError(
            Text("notes are signed with Ed25519", "便条用 Ed25519 签名"),
            code="key-invalid",
            hint=Text("use a key of that kind", "使用该种密钥"),
        )
    if not _NAME.fullmatch(name):
        raise InputError(
            Text(f"{name!r} is no name of a key", f"{name!r} 不是密钥名称"),
            code="key-invalid",
            hint=Text(
                "no spaces and no plus signs, for example example.org/log",
                "不含空格和加号，例如 example.org/log",
            ),
        )
    return VerifierKey(name, kind, signer.public_key)


@attrs.frozen
class Signature:
    """One signature line of a note."""

    name: str
    key_id: int
    value: bytes

    def __str__(self) -> str:
        encoded = base64.b64encode(self.key_id.to_bytes(4, "big") + self.value).decode()
        return f"{_DASH}{self.name} {encoded}\n"


@attrs.frozen
class Note:
    """A text, ending with a line feed, and signatures of it; nothing is checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(str(one) for one in self.signatures)).encode()


@attrs.frozen
class Verified:
    """A signature that holds.

    Parameters
    ----------
    key : VerifierKey
    time : int or None
        Seconds since 1970 of a cosignature.
    """

    key: VerifierKey
    time: int | None = None


def read_note(content: bytes) -> Note:
    """Take a note apart.

    Raises
    ------
    TrustError
        ``note-malformed``.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(Text("it is not UTF-8", "不是 UTF-8")) from error
    body, gap, tail = text.rpartition("\n\n")
    if len(content) > LARGEST_NOTE or not gap or not tail.endswith("\n"):
        raise _malformed(
            Text("it has no signatures behind an empty line, or is too long", "空行之后没有签名，或过长")
        )
    if any(ord(character) < 0x20 and character != "\n" for character in text):
        raise _malformed(Text("it holds a control character", "含控制字符"))
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise _malformed(Text("it has too many signatures", "签名过多"))
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def read_signatures(content: bytes) -> tuple[Signature, ...]:
    """Signature lines alone, as a witness answers with.

    Raises
    ------
    TrustError
        ``note-malformed``.
    """
    return read_note(b"-\n\n" + content).signatures


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    value = _decoded(encoded)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or value is None or len(value) < 5:
        raise _malformed(Text("a signature line is broken", "某签名行已损坏"))
    return Signature(name, int.from_bytes(value[:4], "big"), value[4:])


def sign_note(text: str, name: str, signer: Signer) -> Note:
    """A note with one plain signature."""
    if not text.endswith("\n"):
        raise InputError(
            Text("the text of a note ends with a line feed", "便条的文字须以换行符结尾"),
            code="note-malformed",
            hint=Text("add one", "补充一个"),
        )
    key = key_of(name, signer)
    return Note(text, (Signature(name, key.id, signer.sign(text.encode())),))


def cosign(text: str, name: str, signer: Signer, *, time: int) -> Signature:
    """Signature of a witness over a checkpoint, with the time [seconds since 1970]."""
    key = key_of(name, signer, kind=WITNESS_KEY)
    return Signature(name, key.id, time.to_bytes(8, "big") + signer.sign(_cosigned(text, time)))


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def verify_note(note: Note, keys: Iterable[VerifierKey]) -> tuple[Verified, ...]:
    """Signatures by known keys; lines of unknown keys are passed over.

    Raises
    ------
    TrustError
        ``signature-wrong`` when a known key did not sign this; ``signature-missing`` when no known key signed;
        ``note-malformed`` when one known key signed twice.
    """
    known = {(key.name, key.id): key for key in keys}
    found: dict[tuple[str, int], Verified] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if (line.name, line.key_id) in found:
            raise _malformed(Text(f"{line.name} signed twice", f"{line.name} 签署了两次"))
        found[line.name, line.key_id] = _verified(note.text, line, key)
    if not found:
        raise TrustError(
            Text(
                f"no trusted key signed this; it is signed by {_names(note.signatures)}",
                f"没有受信任的密钥签署；签署者为 {_names(note.signatures)}",
            ),
            code="signature-missing",
            hint=Text(
                "add the key to the trust file if you have reason to trust it",
                "若有理由信任，请把该密钥加入信任文件",
            ),
        )
    return tuple(found.values())


def _verified(text: str, line: Signature, key: VerifierKey) -> Verified:
    time = None
    message, value = text.encode(), line.value
    if key.kind == WITNESS_KEY:
        time, value = int.from_bytes(value[:8], "big"), value[8:]
        message = _cosigned(text, time)
    try:
        verify_signature("ed25519", key.public_key, message, value)
    except TrustError as error:
        raise TrustError(
            Text(
                f"the signature of {key.name} does not fit the text: one of the two was changed",
                f"{key.name} 的签名与文字不符：其中之一被改动",
            ),
            code="signature-wrong",
            hint=Text("get the document anew; do not rely on this one", "重新获取该文档；不要依赖这一份"),
        ) from error
    return Verified(key, time)


def unknown_signatures(note: Note, keys: Sequence[VerifierKey]) -> tuple[Signature, ...]:
    """Signature lines of keys that are not known."""
    known = {(key.name, key.id) for key in keys}
    return tuple(line for line in note.signatures if (line.name, line.key_id) not in known)


def _names(signatures: Sequence[Signature]) -> str:
    return ", ".join(sorted({line.name for line in signatures})) or "nobody"


def _decoded(text: str) -> bytes | None:
    """Bytes of strict base64: one text for one content, so that no bit of it can change unseen."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if base64.b64encode(value).decode() == text else None


def decode_hash(text: str) -> bytes | None:
    """32 bytes of strict base64, or None."""
    value = _decoded(text)
    return value if value is not None and len(value) == 32 else None


def _no_key(text: str) -> InputError:
    return InputError(
        Text(f"{text[:80]!r} is no verifier key", f"{text[:80]!r} 不是验证密钥"),
        code="key-invalid",
        hint=Text(
            "a key is written as name+hash+base64, as its owner publishes it",
            "密钥写作 名称+哈希+base64，如其所有者所发布",
        ),
    )


def _malformed(why: Text) -> TrustError:
    return TrustError(
        Text("this is no signed note: {why}", "这不是已签名的便条：{why}").format(why=why),
        code="note-malformed",
        hint=Text("get it anew", "重新获取"),
    )
