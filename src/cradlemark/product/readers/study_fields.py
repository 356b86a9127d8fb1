"""Fields of the study document that are not quantities: texts, lists, choices, places, dates."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text, joined, text_of
from cradlemark.core.periods import Period, parse_period
from cradlemark.core.places import known_place, place_name
from cradlemark.core.suggestion import did_you_mean
from cradlemark.engine.pedigree import INDICATORS, Pedigree
from cradlemark.product.schema import Field, Schema

_TRUE = frozenset({"true", "yes", "y", "1", "是", "x", "✓", "ja"})
_FALSE = frozenset({"false", "no", "n", "0", "否", "nein"})


def read_plain(field: Field, raw: object, schema: Schema) -> Any:
    """Read a field whose type is none of the quantity or table types.

    Raises
    ------
    InputError
        ``text-expected``, ``choice-unknown``, ``place-unknown``, ``number-format``, ``boolean-expected``,
        ``date-format``, ``period-format``, ``pedigree-invalid``, ``value-range``.
    """
    if field.type == "choice":
        return _choice(field, raw, schema)
    if field.type == "integer":
        return _integer(field, raw)
    return _READERS[field.type](raw)


def _string(raw: object) -> str:
    if isinstance(raw, str):
        return _clean(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        # Part numbers and codes are often typed as numbers.
        return str(int(raw)) if float(raw).is_integer() and abs(raw) < 1e15 else repr(raw)
    raise InputError(
        Text(f"{raw!r} is not a text", f"{raw!r} 不是文字"),
        code="text-expected",
        hint=Text('write it in quotes: "..."', '加引号书写："..."'),
    )


def _clean(text: str) -> str:
    """Trim; refuse control characters that no document can hold."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    for mark in clean:
        if mark < " " and mark not in "\n\t":
            raise InputError(
                Text(
                    f"the text has the control character U+{ord(mark):04X}",
                    f"文字含控制字符 U+{ord(mark):04X}",
                ),
                code="text-expected",
                hint=Text("remove it", "删去它"),
            )
    return clean


def _text(raw: object) -> Text:
    if isinstance(raw, Mapping):
        for key in raw:
            if key not in {"en", "zh"}:
                raise InputError(
                    Text(f"a text has no language {key!r}", f"文字没有语言 {key!r}"),
                    code="key-unknown",
                    hint=Text('write { en = "...", zh = "..." }', '写 { en = "...", zh = "..." }'),
                )
        return Text(_string(raw.get("en", "")), _string(raw.get("zh", "")))
    return text_of(_string(raw))


def split_list(raw: str) -> list[str]:
    """Split a text of several entries at semicolons; a JSON list is taken as it is."""
    text = raw.strip()
    if text.startswith("["):
        try:
            items = json.loads(text)
        except ValueError:
            items = None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return items
    return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]


def join_list(items: tuple[str, ...]) -> str:
    """Join texts so that `split_list` gives them back."""
    joined = "; ".join(items)
    return joined if split_list(joined) == list(items) else json.dumps(list(items), ensure_ascii=False)


def _strings(raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        return tuple(split_list(raw))
    if isinstance(raw, list | tuple):
        return tuple(text for item in raw if (text := _string(item)))
    return (_string(raw),)


def _texts(raw: object) -> tuple[Text, ...]:
    items = raw if isinstance(raw, list | tuple) else [raw]
    return tuple(text for item in items if (text := _text(item)))


def read_boolean(raw: object) -> bool:
    """Read yes or no in English, Chinese or German, or a truth value.

    Raises
    ------
    InputError
        ``boolean-expected``.
    """
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold().removesuffix(".0")
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise InputError(
        Text(f"{raw!r} is neither yes nor no", f"{raw!r} 既非是也非否"),
        code="boolean-expected",
        hint=Text("write true or false", "写 true 或 false"),
    )


def _integer(field: Field, raw: object) -> int:
    number: object = raw
    if isinstance(raw, str):
        try:
            number = int(unicodedata.normalize("NFKC", raw).strip())
        except ValueError:
            number = None
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise InputError(
            Text(f"{raw!r} is not a whole number", f"{raw!r} 不是整数"),
            code="number-format",
            hint=Text("write digits only", "只写数字"),
        )
    if (field.minimum is not None and number < field.minimum) or (
        field.maximum is not None and number > field.maximum
    ):
        limits = f"{field.minimum:g} to {field.maximum:g}" if field.maximum else f"at least {field.minimum:g}"
        raise InputError(
            Text(
                f"{field.title.en.lower()} is {number}, but must be {limits}",
                f"{field.title.zh}为 {number}，但须为 {limits}",
            ),
            code="value-range",
        )
    return number


def _date(raw: object) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, str):
        try:
            period = parse_period(raw)
        except InputError:
            period = None
        if period is not None and period.days == 1:
            return period.start
    raise InputError(
        Text(f"{raw!r} is not a day", f"{raw!r} 不是日期"),
        code="date-format",
        hint=Text('write "2026-03-31"', '写 "2026-03-31"'),
    )


def _period(raw: object) -> Period:
    if isinstance(raw, Mapping) and set(raw) == {"start", "end"}:
        return Period(_date(raw["start"]), _date(raw["end"]))
    if isinstance(raw, datetime | date):
        raw = _date(raw).isoformat()
    return parse_period(_string(raw))


def _place(raw: object) -> str:
    code = _string(raw)
    if not code:
        return ""
    try:
        return known_place(code)
    except InputError:
        # Drop-downs show the name behind the code: "CN-GD Guangdong".
        first, _, name = code.partition(" ")
        if name and place_name_fits(first, name):
            return known_place(first)
        raise


def place_name_fits(code: str, name: str) -> bool:
    """Whether a name is one of the names of a place."""
    try:
        own = place_name(known_place(code))
    except InputError:
        return False
    return name.strip().casefold() in {own.en.casefold(), own.zh.casefold()}


def _choice(field: Field, raw: object, schema: Schema) -> str:
    written = _string(raw)
    if written in field.choices:
        return written
    plain = written.casefold()
    for code in (
        *schema.choice_codes.get(plain, ()),
        plain.replace(" ", "_").replace("-", "_"),
        plain.upper(),
    ):
        if code in field.choices:
            return code
    offered = [choice for choice in field.choices if choice]
    near, every = (
        did_you_mean(written, offered),
        Text(f"use one of {', '.join(offered)}", f"使用以下之一：{'、'.join(offered)}"),
    )
    hint = near if near.en.startswith("known") else joined(filter(None, [near, every]), Text(" ", ""))
    raise InputError(
        Text(f"{written!r} is not allowed for {field.key}", f"{field.key} 不允许 {written!r}"),
        code="choice-unknown",
        hint=hint,
    )


def _pedigree(raw: object) -> Pedigree:
    if isinstance(raw, str):
        raw = [part for part in raw.replace("；", ";").replace(",", ";").split(";") if part.strip()]
    if isinstance(raw, Mapping):
        for key in raw:
            if key not in INDICATORS:
                raise InputError(
                    Text(f"there is no score {key!r}", f"没有评分项 {key!r}"),
                    code="pedigree-invalid",
                    hint=did_you_mean(key, INDICATORS),
                )
        missing = [name for name in INDICATORS[:5] if name not in raw]
        if missing:
            raise InputError(
                Text(f"the scores {', '.join(missing)} are missing", f"缺少评分 {'、'.join(missing)}"),
                code="pedigree-invalid",
            )
        return Pedigree(**{name: _score(score) for name, score in raw.items()})
    if not isinstance(raw, list | tuple) or len(raw) not in {5, 6}:
        raise InputError(
            Text(f"{raw!r} are not five or six scores", f"{raw!r} 不是五项或六项评分"),
            code="pedigree-invalid",
            hint=Text("write [2, 1, 1, 3, 2, 1]", "写 [2, 1, 1, 3, 2, 1]"),
        )
    return Pedigree(*(_score(score) for score in raw))


def _score(raw: object) -> int:
    word = str(raw).strip().removesuffix(".0")
    if isinstance(raw, bool) or not (word.isascii() and word.isdigit()):
        raise InputError(
            Text(f"score {raw!r} is not 1 to 5", f"评分 {raw!r} 不是 1 至 5"),
            code="pedigree-invalid",
            hint=Text("use a whole number 1 to 5", "使用 1 至 5 的整数"),
        )
    return int(word)


def _map(raw: object) -> tuple[tuple[str, str], ...]:
    if isinstance(raw, str) and raw.lstrip().startswith("{"):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise InputError(
                Text(f"{raw!r} is not a list of name = code", f"{raw!r} 不是 名称 = 代码 的列表"),
                code="value-invalid",
            ) from None
    if isinstance(raw, str):
        pairs = [part.partition("=") for part in split_list(raw)]
        if not all(key.strip() and value.strip() for key, _, value in pairs):
            raise InputError(
                Text(f"{raw!r} is not a list of name = code", f"{raw!r} 不是 名称 = 代码 的列表"),
                code="value-invalid",
                hint=Text("CPC = 46212", "CPC = 46212"),
            )
        return tuple((key.strip(), value.strip()) for key, _, value in pairs)
    if isinstance(raw, Mapping):
        return tuple((_clean(str(key)), _string(value)) for key, value in raw.items())
    raise InputError(
        Text(f"{raw!r} is not a table", f"{raw!r} 不是表"),
        code="table-expected",
        hint=Text('write { CPC = "46212" }', '写 { CPC = "46212" }'),
    )


def _scalar(raw: object) -> str | int | float | bool:
    if isinstance(raw, bool | int):
        return raw
    if isinstance(raw, float) and math.isfinite(raw):
        return raw
    if isinstance(raw, str):
        return _clean(raw)
    raise InputError(
        Text(f"{raw!r} is not a single value", f"{raw!r} 不是单个值"),
        code="value-invalid",
        hint=Text("write a text, number or true/false", "写文字、数字或 true/false"),
    )


_READERS: dict[str, Callable[[object], object]] = {
    "string": _string,
    "text": _text,
    "strings": _strings,
    "texts": _texts,
    "boolean": read_boolean,
    "date": _date,
    "period": _period,
    "place": _place,
    "pedigree": _pedigree,
    "map": _map,
    "scalar": _scalar,
}
