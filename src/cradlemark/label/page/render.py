"""Pages as files: the page of a label, and the one for a number that was never issued."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cradlemark.core.language import Language, Text, visible
from cradlemark.label.certificate.content import word as term
from cradlemark.label.page.assets import PACKAGE, assets
from cradlemark.label.page.content import page_content
from cradlemark.label.page.record import PublicLabel
from cradlemark.label.page.wording import TAGS, day, spoken, word
from cradlemark.label.programme import ProgrammeProfile

FILES: dict[Language, str] = {"en": "en.html", "zh": "zh.html"}
"""File of each language in the folder of a label."""
ROOT = "../../"
"""From the folder of a label to the public folder."""
CHECKPOINT = "log/checkpoint"
"""Signed checkpoint of the log, below the public folder."""
STEPS = (
    "page", "signature", "claim", "period", "suspension", "revocation", "entry", "inclusion", "checkpoint", "witnesses",
)  # fmt: skip
"""What the script checks, in order."""
REASONS = (
    "missing", "secure", "ed25519", "gzip", "malformed", "signature", "key", "key_time", "issuer", "digest", "number",
    "differs", "time", "set", "path", "quorum", "retired", "before",
)  # fmt: skip
"""Why a check failed or could not be made."""


def label_page(label: PublicLabel, language: Language) -> bytes:
    """The page of a label in one language, as UTF-8."""
    return _rendered("label.html", label.programme, language, ROOT, page_content(label, language))


def missing_page(programme: ProgrammeProfile, *, root: str) -> bytes:
    """The page for an address without a label, in both languages.

    Parameters
    ----------
    programme : ProgrammeProfile
    root : str
        Path of the public folder on its server, with slashes around: this page answers for addresses at any depth.
    """
    return _rendered("missing.html", programme, programme.languages[0], root, {})


def _rendered(
    template: str, programme: ProgrammeProfile, language: Language, root: str, values: dict[str, Any]
) -> bytes:
    shared = {"programme": programme, "language": language, "root": root, "asset": partial(_asset, root)}
    text = _environment().get_template(template).render(**shared, **_spoken_in(language), **values)
    return visible(text).encode()  # no name steers the direction of a line, or hides a part of itself


def _asset(root: str, name: str) -> str:
    return root + assets()[name].path


def _spoken_in(language: Language) -> dict[str, Any]:
    """Functions of a template that speak one language."""

    def say(key: str, **values: object) -> Markup:
        return spoken(word(key, **values), language)

    found: dict[str, Callable[..., Any]] = {
        "say": say,
        "term": lambda key, **values: spoken(term(key, **values), language),
        "text": lambda text: spoken(text, language),
        "plain": lambda text: text[language] if isinstance(text, Text) else str(text),
        "day": lambda date: day(date, language),
        "listed": (", " if language == "en" else "、").join,
        "named": lambda keys: [term(key)[language] for key in keys],
    }
    return found


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(PACKAGE, "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.globals.update(
        tags=TAGS, files=FILES, checkpoint=CHECKPOINT, steps=STEPS, reasons=REASONS, word=word,
    )  # fmt: skip
    made.filters["quoted"] = partial(quote, safe="")
    return made
