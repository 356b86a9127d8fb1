"""Conditions and messages of checks: read once, their names, units and places checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.formulas import Bound, Formula, parse_formula
from cradlemark.core.language import LANGUAGES, Text
from cradlemark.rules.catalogue import catalogue, formula_unit

if TYPE_CHECKING:
    from cradlemark.rules.definitions import Check, Limit

_FORMAT = re.compile(r"(?:\.\d)?[%fge]?")
_PLACES = frozenset(["label", "where"])
TRUTH = "1"


@attrs.frozen(eq=False)
class Condition:
    """A check with its formulas bound to the units of facts and limits.

    Parameters
    ----------
    when : Bound, optional
        None: the check always applies.
    names : tuple of str
        Facts that condition, `when` and message name, without limits.
    """

    check: Check
    when: Bound | None
    condition: Bound
    when_facts: tuple[str, ...]
    condition_facts: tuple[str, ...]
    message_facts: tuple[str, ...]
    limits: Mapping[str, float]

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts that decide, each once."""
        return tuple(dict.fromkeys((*self.when_facts, *self.condition_facts)))


def bind_check(check: Check, limits: Mapping[str, Limit]) -> Condition:
    """Bind a check that `problems_of` found nothing wrong with."""
    units = _units(check, limits)
    condition = parse_formula(check.condition)
    when = parse_formula(check.when) if check.when else None
    return Condition(
        check=check,
        when=_bound(when, units) if when else None,
        condition=_bound(condition, units),
        when_facts=tuple(sorted(when.names - limits.keys())) if when else (),
        condition_facts=tuple(sorted(condition.names - limits.keys())),
        message_facts=tuple(sorted(set(_places(check.message)) - limits.keys() - _PLACES)),
        limits={name: limit.value for name, limit in limits.items()},
    )


def problems_of(check: Check, limits: Mapping[str, Limit], where: str) -> Iterator[Problem]:
    """Everything that is wrong with the formulas and the message of a check."""
    if check.over and check.over not in catalogue().scopes:
        yield Problem(
            f"{where}.over", "pack-scope", Text(f"there is no scope {check.over!r}", f"没有范围 {check.over!r}"),
            Text(f"scopes are {', '.join(sorted(catalogue().scopes))}", f"范围有：{'、'.join(sorted(catalogue().scopes))}"),
        )  # fmt: skip
        return
    units = _units(check, limits)
    for key, text in (("condition", check.condition), ("when", check.when)):
        if text:
            yield from _formula_problems(text, units, f"{where}.{key}")
    for language in LANGUAGES:
        yield from _message_problems(check.message[language], units, f"{where}.message.{language}")


@cache
def _fact_units(scope: str) -> Mapping[str, str]:
    return MappingProxyType({name: fact.formula_unit for name, fact in catalogue().visible(scope).items()})


def _units(check: Check, limits: Mapping[str, Limit]) -> dict[str, str]:
    return {**_fact_units(check.over)} | {name: formula_unit(limit.unit) for name, limit in limits.items()}


def _bound(formula: Formula, units: Mapping[str, str]) -> Bound:
    return formula.bind({name: units[name] for name in formula.names}, TRUTH)


def _formula_problems(text: str, units: Mapping[str, str], where: str) -> Iterator[Problem]:
    try:
        formula = parse_formula(text, where=where)
        unknown = sorted(formula.names - units.keys())
        if unknown:
            yield Problem(
                where, "pack-fact", Text(f"unknown facts or limits: {', '.join(unknown)}", f"未知的事实或限值：{'、'.join(unknown)}"),
                Text("see the table of facts in the documentation, or add a limit", "见文档中的事实表，或添加限值"),
            )  # fmt: skip
        elif not formula.names:
            yield Problem(
                where,
                "pack-constant",
                Text(
                    "the formula names no fact, so it always says the same",
                    "公式没有引用任何事实，因此结果总是相同",
                ),
            )
        else:
            _bound(formula, units)
    except CradlemarkError as error:
        yield from (Problem(where, item.code, item.message, item.hint) for item in error.problems)


def _message_problems(text: str, units: Mapping[str, str], where: str) -> Iterator[Problem]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        yield Problem(
            where,
            "pack-message",
            Text(f"the message cannot be filled in: {error}", f"无法填写该消息：{error}"),
        )
        return
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in units and name not in _PLACES:
            yield Problem(
                where,
                "pack-fact",
                Text(f"unknown place {{{name}}} in the message", f"消息中有未知的位置 {{{name}}}"),
            )
        elif conversion or not _FORMAT.fullmatch(form or "") or (form and name in _PLACES):
            yield Problem(
                where, "pack-message", Text(f"the format of {{{name}}} is not allowed", f"不允许 {{{name}}} 的格式"),
                Text("use none, or for example :g, :.1f, :.2%", "不用格式，或例如 :g、:.1f、:.2%"),
            )  # fmt: skip


def _places(message: Text) -> Iterator[str]:
    for language in LANGUAGES:
        yield from (name for _, name, _, _ in Formatter().parse(message[language]) if name)
