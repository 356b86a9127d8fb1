"""Sealed studies of the example of a terminal block: as it was made in 2024, as it is made today, and changed by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
from tests.unit.label.builders import EXAMPLES

from cradlemark.cli.opening import open_inventory, open_pack, open_study
from cradlemark.footprint.bundle.archive import Bundle, make_bundle
from cradlemark.footprint.bundle.seal import seal_study
from cradlemark.inventory.matching import Matcher
from cradlemark.product.study import Study
from cradlemark.rules.pack import pack_document

SECRET = b"a secret that everybody may know"
EARLIER = "as-of-2024"


@cache
def sealed(scenario: str = "", *, change: Callable[[Study], Study] | None = None, draws: int = 400) -> Bundle:
    """Seal the example, whole or changed."""
    study, folder = open_study(EXAMPLES / "terminal-block")
    study = change(study) if change else study
    pack = open_pack(study.rule_pack, folder)
    held = open_inventory(study, folder, gwp_set=pack.gwp_set)
    return seal_study(
        study, held, Matcher(held), pack, pack_document=pack_document(study.rule_pack, folder), secret=SECRET,
        scenario=scenario, draws=draws,
    ).bundle  # fmt: skip


def other_rules(study: Study) -> Study:
    """The same study under another rule pack."""
    return attrs.evolve(study, rule_pack="iso-14067-2018")


def other_holder(study: Study) -> Study:
    """The same study of another maker."""
    name = attrs.evolve(study.product.holder.name, en="Another works", zh="另一工厂")
    holder = attrs.evolve(study.product.holder, name=name)
    return attrs.evolve(study, product=attrs.evolve(study.product, holder=holder))


def with_parts(bundle: Bundle, **parts: bytes) -> Bundle:
    """A bundle in which a part was replaced, with a manifest that fits."""
    about = {key: value for key, value in bundle.manifest.items() if key not in {"schema", "parts"}}
    return make_bundle(about, {**bundle.parts, **parts})


def with_manifest(bundle: Bundle, **changes: Any) -> Bundle:
    """A bundle that says something else of itself."""
    about = {key: value for key, value in bundle.manifest.items() if key not in {"schema", "parts"}}
    return make_bundle(about | changes, bundle.parts)
