"""Cases of the demonstration, played step by step in the order of their days, so that every state and every age is there."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.resources import files
from typing import Any

import attrs

from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml
from cradlemark.portal.showcase.people import Cast
from cradlemark.portal.showcase.studies import content, study_document
from cradlemark.registry.cases import verify
from cradlemark.registry.cases.claims import FOOTPRINT, Wanted, wanted
from cradlemark.registry.cases.correct import correct
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.register import register
from cradlemark.registry.cases.sampling import mark, sample_of
from cradlemark.registry.cases.take import Plan, submit, take
from cradlemark.registry.home import Home
from cradlemark.registry.labels.change import ChangeRequest, change_state
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import Product, Revision
from cradlemark.registry.studies.save import begin, latest, save
from cradlemark.registry.studies.seal import keep, sealed

ORDER = (
    "submitted", "accepted", "planned", "document_review", "corrective_action", "corrected", "opinion", "technical_review",
    "granted", "closed",
)  # fmt: skip
DAYS = {
    "accept": 3, "plan": 6, "begin": 10, "raise": 15, "answer": 20, "read": 23, "opinion": 28, "review": 33, "decide": 38,
    "appeal": 50, "register": 45,
}  # fmt: skip
"""When each step is taken, in days after the hand-in."""
FIRST_WEIGHING = 1.06
"""The first weighing of what is corrected later was this much too heavy [1]."""


@attrs.frozen
class Event:
    """Something that happens at a time."""

    time: datetime.datetime
    act: Callable[[datetime.datetime], object]


@attrs.define
class Play:
    """What is going on: the register, its people, and the cases so far."""

    home: Home
    signer: CredentialSigner
    cast: Cast
    now: datetime.datetime
    products: dict[str, Product] = attrs.field(factory=dict)
    numbers: dict[int, int] = attrs.field(factory=dict)

    def run(self) -> None:
        """Play everything in the order of time; what would come after now does not happen."""
        lives = read_toml(
            files("cradlemark.portal.showcase").joinpath("lives.toml").read_bytes(), where="lives.toml"
        )["lives"]
        events = [event for place, life in enumerate(lives) for event in self.events(place, life)]
        for event in sorted(events, key=lambda event: event.time):
            if event.time <= self.now:
                event.act(event.time)

    def events(self, place: int, life: Mapping[str, Any]) -> Iterator[Event]:
        """Everything that happens in one life."""
        until, start = life["until"], self.now - datetime.timedelta(days=life["begun"], hours=place % 7)

        def at(days: float, act: Callable[..., object], *given: object) -> Event:
            return Event(start + datetime.timedelta(days=days), partial(act, place, *given))

        if life.get("kind", "footprint") == "footprint":
            heavy = FIRST_WEIGHING if until in {"corrective_action", "corrected"} else 1.0
            yield at(0, self.hand_in, life["product"], life.get("heavier", heavy))
        else:
            yield at(0, self.hand_in_again, life["product"], life["kind"])
        if until in {"returned", "rejected"}:
            yield at(4, self.step, "return" if until == "returned" else "reject", "officer", self._why(until))
            return
        reached = self._reached(until)
        for needed, days, act, given in self._steps(until):
            if reached >= ORDER.index(needed):
                yield at(DAYS[days], act, *given)
        for days, step, role, reason in life.get("label", ()):
            yield at(DAYS["register"] + days, self.change, step, role, reason)

    def _reached(self, until: str) -> int:
        beyond = {
            "site_inspection": "document_review",
            "refused": "technical_review",
            "appeal": "technical_review",
        }
        return ORDER.index(beyond.get(until, until))

    def _steps(self, until: str) -> Iterator[tuple[str, str, Callable[..., object], tuple[object, ...]]]:
        """State that needs a step, its day, what is done, and with what."""
        kind = "modified" if until in {"refused", "appeal"} else "unmodified"
        yield (
            "accepted",
            "accept",
            self.step,
            ("accept", "officer", "Complete, in scope. 资料齐全，属于范围。"),
        )
        yield "planned", "plan", self.plan, ()
        yield "document_review", "begin", self.begin, ()
        if until in {"corrective_action", "corrected"}:
            yield "corrective_action", "raise", self.raise_findings, ()
            yield "corrective_action", "answer", self.answer, ()
        if until == "corrected":
            yield "corrected", "read", self.correct, ()
        if until == "site_inspection":
            yield (
                "document_review",
                "read",
                self.step,
                ("inspect_site", "verifier", "Visit of plant 1. 一厂现场检查。"),
            )
        yield "opinion", "opinion", self.opinion, (kind,)
        yield (
            "technical_review",
            "review",
            self.step,
            ("review", "technical_reviewer", "Independent review. 独立评审。"),
        )
        if until in {"refused", "appeal"}:
            yield (
                "technical_review",
                "decide",
                self.step,
                ("refuse", "decision_maker", "The opinion is modified. 核查意见为保留意见。"),
            )
        if until == "appeal":
            yield (
                "technical_review",
                "appeal",
                self.step,
                ("appeal", "applicant", "The reservation is answered. 已答复保留事项。"),
            )
        yield (
            "granted",
            "decide",
            self.step,
            ("grant", "decision_maker", "All conditions are met. 条件全部满足。"),
        )
        yield "closed", "register", self.register, ()

    @staticmethod
    def _why(until: str) -> str:
        if until == "returned":
            return "The weighing record is missing. 缺少称重记录。"
        return "The product is outside of the scope. 产品不在范围内。"

    # ---- what happens -------------------------------------------------------------------------------------------------

    def hand_in(self, place: int, product: str, heavier: float, time: datetime.datetime) -> None:
        """Seal the study and hand it in."""
        one = next(found for found in content()["products"] if found["id"] == product)
        people = self.cast.makers[one["maker"]]
        if product not in self.products:
            name = Text(**one["name"])
            self.products[product] = Product.objects.create(
                organisation=people["applicant"].organisation, name_en=name.en, name_zh=name.zh, model=one["model"]
            )  # fmt: skip
        document = study_document(product, year=time.year - 1, heavier=heavier)
        version = begin(self.products[product], document, by=people["practitioner"], time=time)
        revision = keep(
            sealed(document, secret=os.urandom(32)), version, by=people["practitioner"], time=time
        )
        self._submit(place, revision, people["applicant"], FOOTPRINT, time)

    def hand_in_again(self, place: int, product: str, kind: str, time: datetime.datetime) -> None:
        """Apply for a claim of another kind on the study that was labelled last."""
        made = Case.objects.filter(product=self.products[product], kind="footprint").order_by("-number")
        revision = made.exclude(label=None)[0].revision
        applicant = self.cast.makers[
            next(one["maker"] for one in content()["products"] if one["id"] == product)
        ]
        asked = wanted(revision.version, kind)
        self._submit(place, revision, applicant["applicant"], asked, time)

    def _submit(
        self, place: int, revision: Revision, by: Actor, asked: Wanted, time: datetime.datetime
    ) -> None:
        case = submit(
            revision, programme=self.home.programme, key=f"demonstration {place}", by=by, time=time,
            reason="For a label. 申请标签。", asked=asked,
        )  # fmt: skip
        self.numbers[place] = case.number

    def case(self, place: int) -> Case:
        """The case of a life."""
        return Case.objects.get(number=self.numbers[place])

    def actor(self, place: int, role: str) -> Actor:
        """Who acts in a role: the maker of the case, or the programme's people."""
        if role in self.cast.programme:
            return self.cast.programme[role]
        applicant = self.case(place).applicant_id
        return next(
            people[role] for people in self.cast.makers.values() if people[role].organisation.pk == applicant
        )

    def step(self, place: int, step: str, role: str, reason: str, time: datetime.datetime) -> None:
        """Take a step that needs a reason only."""
        by = self.actor(place, role)
        take(self.numbers[place], step, programme=self.home.programme, by=by, time=time, reason=reason)

    def plan(self, place: int, time: datetime.datetime) -> None:
        """Assign the verification."""
        verifier = self.cast.programme["verifier"]
        take(
            self.numbers[place], "plan", programme=self.home.programme, by=self.cast.programme["officer"], time=time,
            reason="Competent and impartial. 具备能力且公正。", plan=Plan(verifier.organisation, verifier.user, "limited", 0.05),
        )  # fmt: skip

    def begin(self, place: int, time: datetime.datetime) -> None:
        """Declare, begin, look at the largest lines."""
        by, number = self.cast.programme["verifier"], self.numbers[place]
        verify.declare(
            number,
            by=by,
            time=time,
            text="I have no interest in the applicant or in this product. 与申请人及产品无利害关系。",
        )
        self.step(place, "review_documents", "verifier", "Documents at hand. 文件齐备。", time)
        rows = sample_of(self.case(place)).lines
        mark(number, [one.digest for one in rows if one.proposed][:2], seen=True, by=by, time=time)

    def raise_findings(self, place: int, time: datetime.datetime) -> None:
        """Raise findings of each severity and hand them to the applicant."""
        by, number, rows = (
            self.cast.programme["verifier"],
            self.numbers[place],
            sample_of(self.case(place)).lines,
        )
        texts = (
            ("major", rows[0].line.path, "", "The weighing record shows a smaller mass than the study. 称重记录的质量小于研究中的数值。"),
            ("minor", "operations[making].energy[electricity].amount", "", "The reading of December is missing. 缺少十二月读数。"),
            ("observation", "", "", "A factor of the supplier would be better than the national average. 采用供应商因子优于全国平均值。"),
        )  # fmt: skip
        for severity, where, rule, text in texts:
            verify.find(number, severity=severity, place=where, rule=rule, text=text, by=by, time=time)
        self.step(place, "raise_findings", "verifier", "Three findings. 三项发现。", time)

    def answer(self, place: int, time: datetime.datetime) -> None:
        """The applicant answers the second finding, which is closed."""
        number = self.numbers[place]
        text = "Reading of December attached: 5.1 MWh. 附十二月读数：5.1 MWh。"
        verify.reply(number, 2, text=text, by=self.actor(place, "practitioner"), time=time)
        verify.close(number, 2, by=self.cast.programme["verifier"], time=time)

    def correct(self, place: int, time: datetime.datetime) -> None:
        """The applicant corrects the mass and hands in a new revision; the verifier reads it."""
        case, by = self.case(place), self.actor(place, "practitioner")
        study = case.revision.version.study
        product = next(key for key, one in self.products.items() if one.pk == case.product_id)
        document = study_document(product, year=case.submitted.year - 1)
        version = save(study, document, seen=latest(study).number, by=by, time=time)
        revision: Revision = keep(sealed(document, secret=os.urandom(32)), version, by=by, time=time)
        verify.reply(case.number, 1, text="Weighed again and corrected. 已重新称重并更正。", by=by, time=time)
        applicant = self.actor(place, "applicant")
        reason, programme = "Mass corrected. 已更正质量。", self.home.programme
        correct(case.number, revision, programme=programme, by=applicant, time=time, reason=reason)
        self.step(place, "review_documents", "verifier", "New revision. 新修订。", time)

    def opinion(self, place: int, kind: str, time: datetime.datetime) -> None:
        """Give the opinion."""
        text = (
            "Nothing came to our attention. 未发现异常。"
            if kind == "unmodified"
            else "With a reservation about the yield. 对成品率有保留。"
        )
        verify.give_opinion(
            self.numbers[place], kind=kind, text=text, programme=self.home.programme,
            by=self.cast.programme["verifier"], time=time,
        )  # fmt: skip
        self.step(place, "give_opinion", "verifier", text, time)

    def register(self, place: int, time: datetime.datetime) -> None:
        """Issue the label; it is published with all others at the end."""
        register(
            self.numbers[place], home=self.home, signer=attrs.evolve(self.signer, time=time), by=self.cast.programme["officer"], time=time,
            reason="Licence signed. 许可协议已签署。",
        )  # fmt: skip

    def change(self, place: int, step: str, role: str, reason: str, time: datetime.datetime) -> None:
        """Change the state of the label."""
        label = self.case(place).label
        assert label is not None
        by = None if role == "system" else self.actor(place, role)
        who = by.user.email if by else "timer"
        asked = ChangeRequest(f"demonstration {place} {step}", label.number, step, role, who, reason, by)
        change_state(asked, steps=self.home.programme.label_steps, time=time)
