"""Canonical documents and digests: the same content has the same bytes and the same name everywhere.

JSON after RFC 8785 (JSON Canonicalization Scheme), SHA-256 after FIPS 180-4.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rfc8785

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

LARGEST_INTEGER = 2**53 - 1
"""Largest absolute integer that every JSON reader keeps (RFC 8785, section 3.2.2.3; RFC 7493)."""
DEEPEST_DOCUMENT = 100
"""Deepest nesting of lists and tables in a canonical document."""
WHOLE = 1e15
"""Whole floats below it are written like integers, without exponent (RFC 8785, section 3.2.2.3)."""
DIGEST_PREFIX = "sha256:"


def canonical_json(value: object) -> bytes:
    """Write a value as canonical JSON.

    Parameters
    ----------
    value : object
        None, bool, int, float, str, sequences and mappings with text keys, of these.

    Returns
    -------
    bytes
        UTF-8, without spaces, keys sorted by UTF-16 code units.

    Raises
    ------
    InputError
        ``canonical-value`` naming the place: nan, infinity, an integer beyond 2^53 - 1, a text that is not Unicode
        (lone surrogate), a key that is not text, another type, or nesting too deep.

    Examples
    --------
    >>> canonical_json({"b": 1.0, "a": [True, None, "é"]}).decode()
    '{"a":[true,null,"é"],"b":1}'
    """
    plain = _plain(value, "$", 0)
    if _is_plain_json(plain):
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return rfc8785.dumps(plain)


def _is_plain_json(value: Any) -> bool:
    """Whether the faster writer of the standard library gives the canonical text too.

    It does when no float needs an exponent in either of the two ways to write it, and when every key is ASCII, so that
    the order of code points is that of UTF-16 code units.
    """
    if isinstance(value, dict):
        return all(key.isascii() and _is_plain_json(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_plain_json, value))
    return not isinstance(value, float) or 1e-4 <= abs(value) < WHOLE


def _plain(value: object, path: str, depth: int) -> Any:
    """Turn mappings and sequences into dict and list, and refuse what has no canonical form."""
    if depth > DEEPEST_DOCUMENT:
        raise _refused(
            path, Text(f"is nested deeper than {DEEPEST_DOCUMENT}", f"嵌套超过 {DEEPEST_DOCUMENT} 层")
        )
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int | float):
        return _number(value, path)
    if isinstance(value, Mapping):
        return {_key(key, path): _plain(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    raise _refused(
        path,
        Text(
            f"is of type {type(value).__name__}, which JSON does not have",
            f"类型为 {type(value).__name__}，JSON 没有这种类型",
        ),
    )


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise _refused(path, Text(f"has the key {key!r}, which is not text", f"的键 {key!r} 不是文字"))
    return _text(key, path)


def _text(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refused(
            path,
            Text(
                "has a text that is not Unicode (a lone surrogate)", "含有不是 Unicode 的文字（孤立的代理项）"
            ),
        ) from None
    return str(value)


def _number(value: float, path: str) -> int | float:
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise _refused(
                path,
                Text(
                    "is an integer beyond 2^53 - 1, which JSON readers do not keep",
                    "是超过 2^53 - 1 的整数，JSON 读取程序无法保留",
                ),
            )
        return int(value)
    if not math.isfinite(value):
        raise _refused(path, Text(f"is {value}, which JSON does not have", f"为 {value}，JSON 没有这种值"))
    return int(value) if value.is_integer() and abs(value) < WHOLE else float(value)


def read_json(data: bytes, *, where: str = "") -> Any:
    """Read JSON so that it can be made canonical again and gives the same digest.

    Parameters
    ----------
    data : bytes
        I-JSON (RFC 7493): UTF-8, every key once, no nan or infinity, no number that a double does not keep.
    where : str
        Name of the document, for messages.

    Raises
    ------
    InputError
        ``json-syntax`` with line and column, or ``json-value``.
    """
    try:
        return json.loads(
            data.decode(), object_pairs_hook=_unique, parse_int=_integer, parse_float=_double,
            parse_constant=_no_constant,
        )  # fmt: skip
    except InputError as error:
        raise InputError(error.message, code=error.code, where=where, hint=error.hint) from None
    except json.JSONDecodeError as error:
        place = ", ".join(part for part in (where, f"line {error.lineno}, column {error.colno}") if part)
        raise InputError(
            Text(f"this is not JSON: {error.msg}", "不是 JSON"), code="json-syntax", where=place
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            Text("this is not UTF-8", "不是 UTF-8"),
            code="json-syntax",
            where=where,
            hint=Text("save the file as UTF-8", "另存为 UTF-8"),
        ) from None
    except RecursionError:
        raise InputError(
            Text("this is nested too deeply", "嵌套过深"), code="json-syntax", where=where
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(
            Text(f"the key {twice!r} is there twice", f"键 {twice!r} 重复"),
            code="json-value",
            hint=Text("remove one of them", "删去其中一个"),
        )
    return table


def _integer(text: str) -> int | float:
    """Canonical JSON writes doubles from 2^53 to 10^21 without point; they are doubles, not integers."""
    if len(text) <= 16 and abs(int(text)) <= LARGEST_INTEGER:
        return int(text)
    number = float(text) if len(text) <= 22 else math.inf
    if not math.isfinite(number) or canonical_json(number).decode() != text:
        raise InputError(
            Text(f"the number {text[:30]} is beyond what a double keeps", f"数值 {text[:30]} 超出双精度范围"),
            code="json-value",
            hint=Text("write it as text", "写成文字"),
        )
    return number


def _double(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InputError(
            Text(f"the number {text[:30]} is beyond what a double keeps", f"数值 {text[:30]} 超出双精度范围"),
            code="json-value",
            hint=Text("write it as text", "写成文字"),
        )
    return number


def _no_constant(text: str) -> float:
    raise InputError(
        Text(f"{text} is not JSON", f"{text} 不是 JSON"),
        code="json-value",
        hint=Text("leave it out or write null", "省略它或写 null"),
    )


def _refused(path: str, message: Text) -> InputError:
    return InputError(
        Text("the value at {path} {message}", "{path} 处的值{message}").format(path=path, message=message),
        code="canonical-value",
        hint=Text("write such a value as text or leave it out", "把该值写成文字或省略"),
    )


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, as ``sha256:`` and 64 hexadecimal digits."""
    return digest_bytes(canonical_json(value))


def digest_bytes(data: bytes) -> str:
    """SHA-256 of bytes, as ``sha256:`` and 64 hexadecimal digits."""
    return DIGEST_PREFIX + hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of the bytes of a file, as ``sha256:`` and 64 hexadecimal digits, without reading it whole."""
    with path.open("rb") as file:
        return DIGEST_PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
