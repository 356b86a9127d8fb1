"""Scenarios: named overlays of a study - another material, another supplier, another mix."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.quantities import dimension
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.paths import Target, entry_path, find, part_uses, replace
from cradlemark.product.readers.study_checks import RESERVED_SCENARIOS, check_study
from cradlemark.product.readers.study_document import NOTHING, Decoder
from cradlemark.product.readers.study_parameters import KnownParameters, number_of, settle_parameters
from cradlemark.product.readers.study_values import UNKNOWN_UNIT, check_range
from cradlemark.product.schema import study_schema
from cradlemark.product.study import Change, Parameter, Scenario, Study, Value
from cradlemark.product.walk import entries, values_of

ChangeWhere = Callable[[Change, str], str]


def apply_scenario(study: Study, scenario_id: str) -> Study:
    """Return the study as the scenario makes it.

    Parameters
    ----------
    study : Study
    scenario_id : str
        Id of one of the study's scenarios; ``""``, ``"base"`` or ``"none"`` is the study itself.

    Returns
    -------
    Study
        With all changes made; all paths mean the entries of the study before the scenario. A changed value keeps
        its confidentiality, but not its note, evidence and uncertainty: they belonged to the old number.

    Raises
    ------
    InputError
        ``scenario-unknown``; the hint lists the scenarios.
    InputErrors
        All changes that cannot be made: ``path-unknown``, ``path-ambiguous``, ``path-twice``, what the field refuses,
        or what does not hold between the fields of the changed study.

    Examples
    --------
    >>> apply_scenario(study, "base") is study  # doctest: +SKIP
    True
    """
    if scenario_id.casefold() in RESERVED_SCENARIOS:
        return study
    scenario = next((item for item in study.scenarios if item.id == scenario_id), None)
    if scenario is None:
        names = ["base", *(item.id for item in study.scenarios)]
        raise InputError(
            Text(f"there is no scenario {scenario_id!r}", f"没有情景 {scenario_id!r}"),
            code="scenario-unknown",
            where=study.id,
            hint=did_you_mean(scenario_id, names)
            or Text(f"there are {', '.join(names)}", f"已有：{'、'.join(names)}"),
        )
    overlay = _Overlay(study, lambda change, _key: f"scenario {scenario.id}, change {change.path}")
    changed = overlay.apply(scenario)
    if not overlay.problems:
        overlay.problems += _check(changed, scenario)
    raise_if_any(overlay.problems)
    return changed


def scenario_problems(study: Study, *, where: ChangeWhere) -> list[Problem]:
    """Find the changes of all scenarios that cannot be made.

    Parameters
    ----------
    where : callable
        Place of a change in the user's document.
    """
    problems: list[Problem] = []
    for scenario in study.scenarios:
        overlay = _Overlay(study, where)
        overlay.apply(scenario)
        problems += overlay.problems
    return problems


class _Overlay:
    """The changes of one scenario, resolved against the study and then made one after the other."""

    def __init__(self, study: Study, where: ChangeWhere) -> None:
        self.study = study
        self.where = where
        self.problems: list[Problem] = []

    def apply(self, scenario: Scenario) -> Study:
        resolved = self._resolve(scenario.changes)
        study = self.study
        # Parameters first: the formulas of other changes are checked against them.
        for own_parameters in (True, False):
            known = None if own_parameters else self._known(study)
            for change, targets in resolved:
                if (targets[0].place[0][0] == "parameters") == own_parameters:
                    study = self._change(study, change, targets, known)
            if own_parameters:
                study = self._settled(study, [change for change, targets in resolved])
        return study

    def _resolve(self, changes: Sequence[Change]) -> list[tuple[Change, tuple[Target, ...]]]:
        resolved: list[tuple[Change, tuple[Target, ...]]] = []
        seen: dict[object, str] = {}
        for change in changes:
            try:
                targets = find(self.study, change.path)
            except InputError as error:
                self._error(change, "path", error)
                continue
            for target in targets:
                if target.place in seen:
                    message = Text(
                        f"{change.path!r} changes the same field as {seen[target.place]!r}",
                        f"{change.path!r} 与 {seen[target.place]!r} 更改同一字段",
                    )
                    self._error(
                        change,
                        "path",
                        InputError(message, code="path-twice", hint=Text("remove one", "删去一个")),
                    )
                seen[target.place] = change.path
            resolved.append((change, targets))
        return resolved

    def _error(self, change: Change, key: str, error: InputError) -> None:
        place = self.where(change, key)
        self.problems += [Problem(place, item.code, item.message, item.hint) for item in error.problems]

    def _change(
        self, study: Study, change: Change, targets: Sequence[Target], known: KnownParameters | None
    ) -> Study:
        for target in targets:
            decoder = Decoder(lambda _path: self.where(change, "value"), known)
            content = _content(decoder, target, change.value)
            self.problems += decoder.problems
            if content is NOTHING:
                return study
            try:
                _same_quantity(target, content)
            except InputError as error:
                self._error(change, "value", error)
                return study
            study = replace(study, target.place, content)
        return study

    def _known(self, study: Study) -> KnownParameters:
        return settle_parameters(study.parameters, lambda _parameter, _key: "", [])[1]

    def _settled(self, study: Study, changes: Sequence[Change]) -> Study:
        """Work out the units of changed parameters, and check that they still fit together."""
        own = {change.path: change for change in changes}
        problems: list[Problem] = []

        def where(parameter: Parameter, _key: str) -> str:
            change = next((change for path, change in own.items() if parameter.name in path), None)
            return self.where(change, "value") if change else f"parameters[{parameter.name}]"

        parameters, _known = settle_parameters(study.parameters, where, problems)
        self.problems += problems
        return attrs.evolve(study, parameters=parameters)


def _content(decoder: Decoder, target: Target, raw: object) -> object:
    if isinstance(raw, str) and not raw.strip():
        return _emptied(decoder, target)
    field = attrs.evolve(target.field, type="value") if target.item else target.field
    content = decoder.field(field, raw, ())
    if isinstance(content, Value) and isinstance(target.content, Value) and target.content.confidential:
        return attrs.evolve(content, confidential=True)
    return content


def _emptied(decoder: Decoder, target: Target) -> object:
    if target.field.required or target.item:
        decoder.problem(
            (),
            "field-missing",
            Text(f"{target.field.key} cannot be empty", f"{target.field.key} 不能为空"),
            target.field.guide,
        )
        return NOTHING
    owner = next(
        table for table in study_schema() if any(field is target.field for field in table.fields)
    ).value_class
    return attrs.fields_dict(owner)[target.field.key].default


def _same_quantity(target: Target, content: object) -> None:
    """A parameter takes any unit; a scenario must not turn grams into a plain number."""
    old = target.content
    if not (isinstance(content, Value) and isinstance(old, Value)) or content.unit == UNKNOWN_UNIT:
        return
    if dimension(old.unit) == dimension(content.unit):
        return
    kind = study_schema().quantities[target.field.quantity]
    if kind.units:
        return  # the field itself allows several quantities
    raise InputError(
        Text(
            f"the value was in {old.unit} ({dimension(old.unit)}), the new one is in {content.unit}"
            f" ({dimension(content.unit)})",
            f"原值的单位为 {old.unit}（{dimension(old.unit)}），新值为 {content.unit}（{dimension(content.unit)}）",
        ),
        code="unit-mismatch",
        hint=Text(f'write number and unit: "3.6 {old.unit}"', f'写数字和单位："3.6 {old.unit}"'),
    )


def _check(study: Study, scenario: Scenario) -> list[Problem]:
    """Check the changed study as a whole; formulas may have left their range."""
    uses = part_uses(study)
    paths = {id(entry.value): entry_path(entry, uses) for entry in entries(study)}

    def where(item: object, key: str) -> str:
        return f"scenario {scenario.id}, {paths.get(id(item), '')}.{key}".replace(", .", ", ")

    known = settle_parameters(study.parameters, where, [])[1]
    problems = check_study(study, where=where, known=known)
    kinds = study_schema().quantities
    for entry in entries(study):
        for field, _, value in values_of(entry):
            if value.formula is None:
                continue
            try:
                number = number_of(value, known)
                if number is not None:
                    check_range(number, value.unit, field, kinds[field.quantity])
            except InputError as error:
                place = where(entry.value, field.key)
                problems += [Problem(place, item.code, item.message, item.hint) for item in error.problems]
    return problems
