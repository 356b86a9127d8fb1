"""Names of facets, of their values and of orders, as a reader sees them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.places import place_name
from cradlemark.label.workflow import workflow
from cradlemark.portal.home import home
from cradlemark.portal.templatetags.cradlemark import language, told
from cradlemark.registry.search.find import FacetValue
from cradlemark.registry.search.query import Facet, Sort

FACET_NAMES: dict[Facet, Promise] = {
    "category": _("Category"), "holder": _("Holder"), "region": _("Place of making"), "programme": _("Programme"),
    "state": _("State"), "grade": _("Grade"), "kind": _("Kind of claim"), "year": _("Year of issue"), "rule_pack": _("Rule pack"),
}  # fmt: skip
SORT_NAMES: dict[Sort, Promise] = {
    "newest": _("Newest first"), "lowest": _("Lowest figure first"), "highest": _("Highest figure first"),
    "ending": _("Ending soonest"),
}  # fmt: skip
BOUNDARIES = {"cradle_to_gate": _("Cradle to gate"), "cradle_to_grave": _("Life cycle")}


def value_name(facet: Facet, one: FacetValue) -> str:
    """Name of a value in the language of the page; its code where there is none."""
    if one.name:
        return told(one.name)
    if facet == "state":
        state = workflow().states["label"].get(one.value)
        return state.title[language()] if state else one.value
    if facet == "kind":
        claim = home().programme.claims.get(one.value)
        return told(claim.title) if claim else one.value
    return place(one.value) if facet == "region" else one.value


def place(place_code: str) -> str:
    """Name of a place, with its code when the code says more."""
    try:
        return place_name(place_code)[language()] if place_code else ""
    except CradlemarkError:
        return place_code


ENTRY_KINDS = {
    "issue": _("Label issued"), "revision": _("Label revised"), "state": _("State changed"), "key": _("Key changed"),
    "programme": _("Programme published"), "rules": _("Rules published"),
}  # fmt: skip
COMPLAINT_KINDS = {
    "figure": _("A figure or statement on the label is wrong"), "counterfeit": _("The label looks like a forgery"),
    "misuse": _("The label is used for another product, or after it ended"),
    "product": _("The product is not what the label says"), "other": _("Something else"),
}  # fmt: skip
COMPLAINT_OUTCOMES = {
    "": _("Being looked at"), "upheld": _("Upheld"), "not_upheld": _("Not upheld"),
    "not_for_us": _("Not a matter of this programme"),
}  # fmt: skip
