"""Keys inside of a hardware module: they sign there and never come out (PKCS#11; extra ``hsm``).

A key is named by an address after RFC 7512, for example
``pkcs11:token=programme;object=credential-1?module-path=/usr/lib/softhsm/libsofthsm2.so``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, MissingDataError, NotFoundError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.signers import COORDINATE, Algorithm
from cradlemark.trust.verification import verify_signature

if TYPE_CHECKING:
    import pkcs11

SCHEME = "pkcs11:"
_POINT = 4
_OCTETS = 4
"""Tag of a string of bytes in DER, in which a module hands out a point."""


@attrs.frozen
class ModuleKey:
    """Where a key is.

    Parameters
    ----------
    module : str
        Path of the library of the maker.
    token, label : str
        Name of the token and of the key.
    """

    module: str
    token: str
    label: str


def read_address(address: str) -> ModuleKey:
    """Read the address of a key.

    Raises
    ------
    InputError
        ``key-address``
    """
    path, _, query = address.removeprefix(SCHEME).partition("?")
    named = dict(_pairs(path, ";")) | dict(_pairs(query, "&"))
    missing = [name for name in ("token", "object", "module-path") if not named.get(name)]
    unknown = set(named) - {"token", "object", "module-path", "type"}
    if not address.startswith(SCHEME) or missing or unknown:
        raise InputError(
            Text(
                f"{address[:120]!r} is no address of a key in a module",
                f"{address[:120]!r} 不是模块中密钥的地址",
            ),
            code="key-address",
            hint=Text(
                "pkcs11:token=NAME;object=NAME?module-path=LIBRARY",
                "pkcs11:token=NAME;object=NAME?module-path=LIBRARY",
            ),
        )
    return ModuleKey(named["module-path"], named["token"], named["object"])


def _pairs(text: str, separator: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, text.split(separator)):
        name, _, value = part.partition("=")
        yield name, unquote(value)


@attrs.frozen(eq=False, repr=False)
class ModuleSigner:
    """Signs inside of a hardware module; one session, to be used by one thread.

    A module lets a process log in once for all its sessions, and does not look at the PIN again; the session that logged in
    logs all of them out when it is closed, after which the others refuse to sign.
    Every signature is checked before it is handed out, so that a fault of the module does not become public.
    """

    _session: pkcs11.Session
    _private: Any
    algorithm: Algorithm
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """Sign a message.

        Raises
        ------
        TrustError
            ``signer-failed``
        """
        from pkcs11 import Mechanism

        with _asking(Text("sign", "签名")):
            if self.algorithm == "p256":
                digest = hashlib.sha256(message).digest()
                signature = bytes(self._private.sign(digest, mechanism=Mechanism.ECDSA))
            else:
                signature = bytes(self._private.sign(message, mechanism=Mechanism.EDDSA))
        try:
            verify_signature(self.algorithm, self.public_key, message, signature)
        except TrustError as error:
            raise _failed(
                Text("it gave a signature that does not fit its public key", "其签名与公钥不符")
            ) from error
        return signature

    def close(self) -> None:
        """End the session."""
        self._session.close()


def open_module_key(address: str, pin: str) -> ModuleSigner:
    """Open a key in a module.

    Parameters
    ----------
    address : str
    pin : str
        Of the user of the token.

    Raises
    ------
    InputError
        ``key-address``, ``key-invalid`` for a key that is neither P-256 nor Ed25519.
    MissingDataError
        ``hsm-missing`` without the extra.
    NotFoundError
        ``key-missing``
    TrustError
        ``passphrase-wrong``, ``signer-failed``
    """
    from_where = read_address(address)
    session = _session(from_where, pin)
    try:
        algorithm, public = _public_key(session, from_where.label)
        private = _object(session, from_where.label, private=True)
    except CradlemarkError:
        session.close()
        raise
    return ModuleSigner(session, private, algorithm, public)


def make_module_key(address: str, pin: str, algorithm: Algorithm) -> ModuleSigner:
    """Make a key inside of a module, which never gives it out.

    Raises
    ------
    InputError, MissingDataError, NotFoundError, TrustError
        As `open_module_key`; ``file-exists`` (InputError) when the token has a key of that name.
    """
    from_where = read_address(address)
    session = _session(from_where, pin, writing=True)
    try:
        _refuse_existing(session, from_where.label)
        with _asking(Text("make a key", "生成密钥")):
            _generate(session, from_where.label, algorithm)
    finally:
        session.close()
    return open_module_key(address, pin)


def _generate(session: pkcs11.Session, label: str, algorithm: Algorithm) -> None:
    from asn1crypto.core import ObjectIdentifier
    from pkcs11 import Attribute, KeyType, Mechanism

    identifier, kind, way = {
        "p256": ("1.2.840.10045.3.1.7", KeyType.EC, Mechanism.EC_KEY_PAIR_GEN),
        "ed25519": ("1.3.101.112", KeyType.EC_EDWARDS, Mechanism.EC_EDWARDS_KEY_PAIR_GEN),
    }[algorithm]
    domain = session.create_domain_parameters(
        kind, {Attribute.EC_PARAMS: ObjectIdentifier(identifier).dump()}, local=True
    )
    domain.generate_keypair(
        store=True, label=label, id=label.encode(), mechanism=way,
        private_template={Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True},
    )  # fmt: skip


def _refuse_existing(session: pkcs11.Session, label: str) -> None:
    try:
        _object(session, label, private=True)
    except NotFoundError:
        return
    raise InputError(
        Text(f"the token has a key {label!r} already", f"令牌已有密钥 {label!r}"),
        code="file-exists",
        hint=Text("choose another name for the new key", "为新密钥改用其他名称"),
    )


def _session(key: ModuleKey, pin: str, *, writing: bool = False) -> pkcs11.Session:
    try:
        import pkcs11
    except ImportError as error:
        raise MissingDataError(
            Text(
                "keys in hardware modules need python-pkcs11, which is not installed",
                "硬件模块中的密钥需要 python-pkcs11，它未安装",
            ),
            code="hsm-missing",
            hint=Text('pip install "cradlemark[hsm]"', 'pip install "cradlemark[hsm]"'),
        ) from error
    try:
        token = pkcs11.lib(key.module).get_token(token_label=key.token)
        try:
            return token.open(user_pin=pin, rw=writing)
        except pkcs11.UserAlreadyLoggedIn:
            return token.open(rw=writing)
    except pkcs11.NoSuchToken as error:
        raise NotFoundError(
            Text(f"there is no token {key.token!r}", f"没有令牌 {key.token!r}"),
            code="key-missing",
            hint=Text("check the name of the token", "检查令牌名称"),
        ) from error
    except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as error:
        raise TrustError(
            Text(
                f"the token {key.token!r} does not open with this PIN",
                f"令牌 {key.token!r} 不能用此 PIN 打开",
            ),
            code="passphrase-wrong",
            hint=Text("check the PIN", "检查 PIN"),
        ) from error
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise _failed(
            Text(
                f"{key.module} cannot be used: {type(error).__name__} {error}",
                f"无法使用 {key.module}：{type(error).__name__} {error}",
            )
        ) from error


def _object(session: pkcs11.Session, label: str, *, private: bool) -> Any:
    import pkcs11

    kind = pkcs11.ObjectClass.PRIVATE_KEY if private else pkcs11.ObjectClass.PUBLIC_KEY
    try:
        with _asking(Text("find a key", "查找密钥")):
            return session.get_key(object_class=kind, label=label)
    except TrustError as error:
        if isinstance(error.__cause__, pkcs11.NoSuchKey):
            raise NotFoundError(
                Text(
                    f"the token has no {'private' if private else 'public'} key {label!r}",
                    f"令牌没有{'私钥' if private else '公钥'} {label!r}",
                ),
                code="key-missing",
                hint=Text("check the name of the key", "检查密钥名称"),
            ) from error
        raise


def _public_key(session: pkcs11.Session, label: str) -> tuple[Algorithm, bytes]:
    """Kind and public key; the point is wrapped as a string of bytes, by some modules not."""
    from pkcs11 import Attribute, KeyType

    public = _object(session, label, private=False)
    with _asking(Text("read a key", "读取密钥")):
        point, kind = bytes(public[Attribute.EC_POINT]), public[Attribute.KEY_TYPE]
    if len(point) > 2 and point[0] == _OCTETS and point[1] == len(point) - 2:
        point = point[2:]
    if kind == KeyType.EC and len(point) == 1 + 2 * COORDINATE and point[0] == _POINT:
        return "p256", point
    if kind == KeyType.EC_EDWARDS and len(point) == COORDINATE:
        return "ed25519", point
    raise InputError(
        Text(f"the key {label!r} is of another kind", f"密钥 {label!r} 是另一种"),
        code="key-invalid",
        hint=Text("use Ed25519 or P-256", "使用 Ed25519 或 P-256"),
    )


@contextmanager
def _asking(what: Text) -> Iterator[None]:
    import pkcs11

    try:
        yield
    except pkcs11.PKCS11Error as error:
        raise _failed(
            Text(
                f"it could not {what.en}: {type(error).__name__} {error}",
                f"无法{what.zh}：{type(error).__name__} {error}",
            )
        ) from error


def _failed(why: Text) -> TrustError:
    return TrustError(
        Text("the hardware module failed: {why}", "硬件模块出错：{why}").format(why=why),
        code="signer-failed",
        hint=Text("see the module; nothing was signed", "检查模块；未签署任何内容"),
    )
