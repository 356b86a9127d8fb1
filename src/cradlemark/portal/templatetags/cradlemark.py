"""Filters: texts in the language of the page, names of states and roles, figures with their digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cradlemark.core.language import Language, Text
from cradlemark.core.positions import place_in
from cradlemark.footprint.footprint import Footprint
from cradlemark.label.programme import REDUCTION_FACTS
from cradlemark.label.workflow import workflow
from cradlemark.portal.home import home

register = template.Library()


def language() -> Language:
    """Language of the page that is being made."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


@register.filter
def told(text: Text | Sequence[str] | str) -> str:
    """A text in the language of the page; a pair is one that came through JSON."""
    if isinstance(text, list | tuple):
        text = Text(*text)
    return text[language()] if isinstance(text, Text) else str(text)


@register.filter
def located(where: str) -> str:
    """A place in a user's document in the language of the page."""
    return place_in(str(where), language())


@register.filter
def case_state(name: str) -> str:
    """Title of a state of a case."""
    return workflow().states["case"][name].title[language()]


@register.filter
def label_state(name: str) -> str:
    """Title of a state of a label."""
    return workflow().states["label"][name].title[language()]


@register.filter
def claim_kind(name: str) -> str:
    """Title of a kind of claim in the programme."""
    found = home().programme.claims.get(name)
    return found.title[language()] if found else name


FACTS = {
    "benchmark": _("Benchmark of the category"),
    "peers": _("Mean of certified products of the type"),
    "market_leader": _("Footprint of the market leader"),
    "plan_published": _("A plan for reductions is published (1: yes, 0: no)"),
}
"""What a rule for reductions may ask of a verifier."""


@register.filter
def fact_name(name: str) -> str:
    """What a fact says."""
    return str(FACTS[name])


@register.filter
def fact_unit(name: str) -> str:
    """What the figure of a fact is, with its unit."""
    return str(_("Figure [kg CO2e per declared unit]") if REDUCTION_FACTS[name] == "kg" else _("Figure [1]"))


@register.filter
def role(name: str) -> str:
    """Title of a role."""
    return workflow().roles[name][language()]


@register.filter
def figure(value: float) -> str:
    """A value with four significant digits, or whole, never in powers of ten."""
    size = abs(value)
    if size >= 9999.5:
        text = f"{value:.0f}"
    elif size >= 1e-4:
        text = f"{value:#.4g}".rstrip(".")
    else:
        text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


@register.filter
def stages(footprint: Footprint) -> list[tuple[str, float]]:
    """Stages with their sum over the origins [kg CO2e per declared unit]."""
    return [(stage, sum(values.values())) for stage, values in footprint.by_stage().items()]


@register.filter
def step(name: str) -> str:
    """Title of a step of a case."""
    return workflow().steps["case"][name].title[language()]


@register.filter
def label_step(name: str) -> str:
    """Title of a step of a label."""
    return workflow().steps["label"][name].title[language()]


@register.filter
def status(name: str) -> str:
    """Status of a number in words."""
    return STATUS[name][language()]


STATUS = {
    "verified": Text("verified", "已核实"),
    "derived": Text("derived", "推导"),
    "unverified": Text("not verified", "未核实"),
}


@register.filter
def at(table: Mapping[str, object], key: str) -> object:
    """What a table has under a key; nothing without it."""
    return table.get(key, "")


@register.filter
def difference(result: Footprint, before: Footprint) -> str:
    """Change of the total against an earlier result, in per cent; a plain difference when that was nothing."""
    change = result.total - before.total
    if not before.total:
        return f"{change:+.4g} kg"
    return f"{100 * change / before.total:+.2f} %".replace("-", "−")


@register.filter
def version_key(number: int) -> str:
    """What a version is called in addresses."""
    return f"v{number}"


@register.filter
def plain(number: float) -> str:
    """A number without digits that say nothing."""
    return f"{number:g}"


@register.filter
def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.1f} %".replace("-", "−")


@register.filter
def severity(name: str) -> str:
    """Severity of a verifier's finding."""
    return str(SEVERITIES.get(name, name))


@register.filter
def opinion(name: str) -> str:
    """Kind of a verification opinion."""
    return str(OPINIONS.get(name, name))


@register.filter
def verdict(name: str) -> str:
    """What became of a check."""
    return str(VERDICTS.get(name, name))


@register.filter
def boundary_name(name: str) -> str:
    """Name of a system boundary."""
    return str(BOUNDARIES.get(name, name))


@register.filter
def evidence_kind(name: str) -> str:
    """Kind of a document that supports a value."""
    return str(EVIDENCE_KINDS.get(name, name))


@register.filter
def queue_name(name: str) -> str:
    """Name of a queue of the programme."""
    return str(QUEUES.get(name, name))


@register.filter
def complaint_state(name: str) -> str:
    """How far a reported problem is."""
    return str(COMPLAINT_STATES.get(name, name))


@register.filter
def complaint_step(name: str) -> str:
    """What was done about a reported problem."""
    return str(COMPLAINT_STEPS.get(name, name))


@register.filter
def key_purpose(name: str) -> str:
    """What a key signs."""
    return str(KEY_PURPOSES.get(name, name))


QUEUES = {
    "intake": _("Intake"), "assignment": _("Assignment"), "verification": _("Verification under way"),
    "review": _("Technical review"), "decision": _("Decision"), "registration": _("Registration"),
}  # fmt: skip
COMPLAINT_STATES = {
    "received": _("received"), "acknowledged": _("acknowledged"), "assigned": _("assigned"), "answered": _("answered"),
    "closed": _("closed"),
}  # fmt: skip
COMPLAINT_STEPS = {
    "acknowledge": _("acknowledged"), "assign": _("assigned"), "answer": _("answered"), "close": _("closed"),
    "label": _("state of the label changed"),
}  # fmt: skip
KEY_PURPOSES = {"log": _("transparency log"), "credential": _("credentials"), "document": _("certificates")}
SEVERITIES = {"major": _("major"), "minor": _("minor"), "observation": _("observation")}
OPINIONS = {
    "unmodified": _("unmodified: nothing stands against the claim"), "modified": _("modified: with reservations"),
    "adverse": _("adverse: the claim is wrong"), "disclaimer": _("disclaimer: no opinion is possible"),
}  # fmt: skip
VERDICTS = {
    "pass": _("holds"), "fail": _("fails"), "not_applicable": _("does not apply"),
    "not_assessable": _("cannot be assessed"), "too_early": _("not checked yet"),
}  # fmt: skip
BOUNDARIES = {"cradle_to_gate": _("Cradle to gate"), "cradle_to_grave": _("Life cycle")}
EVIDENCE_KINDS = {
    "document": _("document"), "measurement": _("measurement"), "invoice": _("invoice"), "photo": _("photo"),
    "statement": _("statement"), "certificate": _("certificate"),
}  # fmt: skip
