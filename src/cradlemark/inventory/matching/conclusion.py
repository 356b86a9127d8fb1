"""Conclude from what a line says which concept it is about, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from cradlemark.inventory.matching.findings import Findings
from cradlemark.inventory.matching.grammar import truck_class
from cradlemark.inventory.matching.lexicon import POLYMER_STANDARDS
from cradlemark.inventory.matching.normalise import is_han
from cradlemark.inventory.matching.recognition import BLOCKERS, Hit, Recognition

_FLAME = re.compile(
    r"阻燃|flame retard|ul ?94|(?<![a-z])v-?0(?![a-z0-9])|(?<![a-z])fr(?:\(?\d+\)?)?(?![a-z])|fr50"
)
_FILLER = re.compile(
    r"(?:gf|cf|gb|md|td|gfr)[- ]?(\d{1,2})(?![\d])|(\d{1,2}) ?%? ?(?:gf|cf|玻纤|玻璃纤维|碳纤|滑石粉|glass|talc)"
    r"|(?:玻纤|加纤|玻璃纤维增强|glass fib\w+|talc|滑石粉)[- ]?(\d{1,2})|[axb]3?[a-z]*g(\d{1,2})(?![\d])"
)
_FILLER_NOISE = frozenset({"glass_fibre", "glass", "limestone", "carbon_fibre"})
_ROUTES = frozenset(
    {
        "steel_eaf",
        "steel_bof",
        "steel_dri",
        "aluminium_secondary",
        "aluminium_primary",
        "methanol_coal",
        "pp_coal",
    }
)
"""Concepts that name a production route; for the footprint the route says more than the grade."""
_FORMED = {
    ("aluminium", "section"): "aluminium_extrusion",
    ("aluminium", "sheet"): "aluminium_sheet",
    ("aluminium", "strip"): "aluminium_sheet",
    ("aluminium", "plate"): "aluminium_sheet",
    ("aluminium", "foil"): "aluminium_foil",
    ("copper", "wire"): "copper_wire_rod",
    ("zinc", "sheet"): "zinc_sheet",
    ("carbon_steel", "bar"): "steel_bar",
    ("carbon_steel", "wire"): "wire_rod",
    ("carbon_steel", "tube"): "steel_tube",
    ("carbon_steel", "section"): "steel_section",
    ("carbon_steel", "plate"): "hot_rolled_plate",
    ("carbon_steel", "sheet"): "hot_rolled_plate",
    ("steel", "bar"): "steel_bar",
    ("steel", "wire"): "steel_wire",
    ("steel", "tube"): "steel_tube",
    ("steel", "section"): "steel_section",
    ("steel", "plate"): "hot_rolled_plate",
}
"""A metal and its form together name a closer concept."""
_BY_MATERIAL = {"die_casting_al": ("zinc", "die_casting_zn"), "machining": ("steel", "machining_steel")}
"""Processes that have another concept when they work on a family of materials."""
_CODE = re.compile(r"[a-z]*\d+[a-z\d]*")
_PART_ENDINGS = frozenset(
    "罩板片圈套架座盖管轴杆轮环垫钩扣栓钉销块条棒芯筒槽框柱壳体件头排网梁臂盘罐桶瓶箱盒袋膜托"
)
"""Last characters of Chinese words for shaped parts and packages."""
_ENUMERATION = re.compile(r"[/+&、]|and|und|or|和|与|及|或")
_CONCLUDED = ("form", "recycled", "virgin", "plating", "treatment", "article")


@attrs.frozen
class Conclusion:
    """Draws the conclusion from the findings of one line.

    Parameters
    ----------
    findings : Findings
        What the line says.
    """

    findings: Findings

    def conclude(self) -> Recognition:
        """What the line says, its concepts ranked."""
        values = {
            kind: [word.value for *_, word in self.findings.words if word.kind == kind] for kind in _CONCLUDED
        }
        flame = bool(_FLAME.search(self.findings.line.plain))
        filler = _FILLER.search(self.findings.line.plain)
        form = values["form"][0] if values["form"] else ""
        refined = self._refine(flame=flame, filled=bool(filler), form=form)
        hits = self._rank(self._without_families(refined))
        return Recognition(
            hits=hits,
            form=form,
            recycled=bool(values["recycled"])
            or any(hit.concept.endswith(("_recycled", "_secondary")) for hit in hits[:1]),
            virgin=bool(values["virgin"]),
            plating=tuple(dict.fromkeys(values["plating"])),
            treatment=values["treatment"][0] if values["treatment"] else "",
            article=bool(values["article"]),
            filler=next((part for part in filler.groups() if part), "") if filler else "",
            flame_retardant=flame,
            unexplained=any(
                len(self.findings.line.plain[start:end]) >= 5 for start, end in self.findings.unexplained()
            ),
        )

    def _refine(self, *, flame: bool, filled: bool, form: str) -> list[Hit]:
        hits = [
            attrs.evolve(hit, concept=_FORMED.get((hit.concept, form), hit.concept))
            for hit in self.findings.hits
        ]
        if any(hit.concept == "pa66" for hit in hits) and flame:
            hits = [attrs.evolve(hit, concept="pa66_fr") if hit.concept == "pa66" else hit for hit in hits]
        if (filled and any(hit.standard in POLYMER_STANDARDS or "pa66" in hit.concept for hit in hits)) or (
            filled and any(self.findings.concepts.is_within(hit.concept, "plastic") for hit in hits)
        ):
            hits = [hit for hit in hits if hit.concept not in _FILLER_NOISE]
        if self.findings.role in ("transport", ""):
            hits = self._sized(hits)
        if self.findings.role == "process":
            hits = [attrs.evolve(hit, concept=self._of_material(hit.concept)) for hit in hits]
        return hits

    def _of_material(self, process: str) -> str:
        """The same process on the material that the line names."""
        family, closer = _BY_MATERIAL.get(process, ("", process))
        named = (hit.concept for hit in self.findings.hits)
        return closer if any(self.findings.concepts.is_within(one, family) for one in named) else process

    def _sized(self, hits: list[Hit]) -> list[Hit]:
        plain_trucks = {"road_freight", "truck_diesel", "truck_heavy", "hgv_rigid", "hgv_articulated"}
        for index, hit in enumerate(hits):
            if hit.concept in plain_trucks:
                concept = truck_class(self.findings.line.plain, articulated=hit.concept == "hgv_articulated")
                if concept:
                    return [*hits[:index], attrs.evolve(hit, concept=concept), *hits[index + 1 :]]
        return hits

    def _without_families(self, hits: Sequence[Hit]) -> list[Hit]:
        """Drop a hit when another one names a member of its family: ``brass CuZn37`` is CuZn37."""
        kept = []
        for hit in hits:
            closer = any(
                other.concept != hit.concept
                and self.findings.concepts.is_within(other.concept, hit.concept)
                and other.score >= hit.score - 25
                for other in hits
            ) or self._shaped_otherwise(hit, hits)
            if not closer:
                kept.append(hit)
        return kept

    def _shaped_otherwise(self, hit: Hit, hits: Sequence[Hit]) -> bool:
        """Whether a plain steel grade, taken for bar, stands beside the name of another shape: ``槽钢 10#``."""
        if hit.concept != "steel_bar" or hit.naming == "name":
            return False
        concepts = self.findings.concepts
        return any(
            other.naming == "name"
            and other.concept != "steel_bar"
            and concepts.is_within(other.concept, "carbon_steel")
            for other in hits
        )

    def _rank(self, hits: list[Hit]) -> tuple[Hit, ...]:
        if not hits:
            return ()
        strongest: dict[str, Hit] = {}
        for hit in hits:
            if hit.concept not in strongest or hit.score > strongest[hit.concept].score:
                strongest[hit.concept] = hit
        found = [
            hit
            for hit in strongest.values()
            if hit.eligible or self.findings.concepts[hit.concept].kind in BLOCKERS
        ]
        if not found:
            return ()
        loss = self._loss(found)
        ranked = sorted(found, key=self._prominence, reverse=True)
        return tuple(self._settle(ranked, loss))

    def _prominence(self, hit: Hit) -> tuple[float, int]:
        """Designations before blockers before words; among equals the last one, the head of the phrase."""
        strong = hit.naming in ("designation", "grammar", "trade") and hit.score > 80
        blocking = self.findings.concepts[hit.concept].kind in BLOCKERS
        level = 4.0 if hit.concept in _ROUTES else 3.0 if strong else 2.0 if blocking else 1.0
        return (level if hit.score > 65 else 0.0, hit.start)

    def _settle(self, ranked: list[Hit], loss: float) -> Iterable[Hit]:
        first = ranked[0]
        most = 100.0
        for index, hit in enumerate(ranked):
            minus = loss * (0.4 if hit.naming in ("designation", "grammar", "trade") else 1.0)
            if index:
                minus += 0.0 if self.findings.concepts.related(hit.concept, first.concept) else 18.0
                minus += 3.0
            else:
                minus += max((self._rivalry(hit, other) for other in ranked[1:]), default=0.0)
            score = min(most, max(0.0, hit.score - minus))
            most = most if index else score - 3.0
            yield attrs.evolve(hit, score=score)

    def _rivalry(self, first: Hit, other: Hit) -> float:
        """Points that another unrelated concept costs the first: many if both stand in one enumeration."""
        if other.score <= 65 or self.findings.concepts.related(other.concept, first.concept):
            return 0.0
        early, late = sorted((first, other), key=lambda hit: hit.start)
        between = self.findings.line.plain[early.end : late.start]
        equals = self._prominence(first)[0] == self._prominence(other)[0]
        return 36.0 if equals and _ENUMERATION.fullmatch(between.strip()) else 9.0

    def _loss(self, hits: list[Hit]) -> float:
        """Points [0-60] for what nothing explains; more when it follows the last concept, for it is the head then."""
        last = max((hit.end for hit in hits), default=0)
        leading = trailing = 0.0
        for start, end in self.findings.unexplained():
            text = self.findings.line.plain[start:end]
            points = _points(text)
            if start >= last and self._attached(start):
                trailing += points * 3.0
            else:
                leading += points
        return min(24.0, leading) + min(50.0, trailing)

    def _attached(self, place: int) -> bool:
        between = self.findings.line.plain[:place].rstrip(" ")
        return bool(between) and between[-1] not in ",;，；()[]、:：/|+"


def _points(text: str) -> float:
    """Points of one unexplained run of Han characters or one Latin word; a part costs little."""
    if is_han(text[0]):
        if len(text) <= 4 and text[-1] in _PART_ENDINGS:
            return 2.0
        return 10.0 if len(text) <= 2 else 12.0
    if _CODE.fullmatch(text) or len(text) <= 2:
        return 1.5
    return 9.0
