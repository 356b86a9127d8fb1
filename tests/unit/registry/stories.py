"""A manufacturer, a verification body and a programme that play a case step by step."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.unit.registry.builders import NOW as TIME

from cradlemark.core.errors import CradlemarkError
from cradlemark.registry.home import Home

PASSPHRASE = "several words in a row"


@cache
def study_document() -> str:
    """The example in one document."""
    from cradlemark.product.readers.study_file import read_study
    from cradlemark.product.writers.study_toml import write_study_toml

    return write_study_toml(read_study(Path("examples/terminal-block")))


class Story:
    """A manufacturer, a verification body and the programme, with people in every role."""

    def __init__(self, home: Home) -> None:
        from cradlemark.registry.people.actor import actor, join
        from cradlemark.registry.people.models import Organisation, User

        self.home, self.programme, self.number = home, home.programme, 1
        self.maker = Organisation.objects.create(
            kind="manufacturer", name_en="Maker", name_zh="制造商", place="CN"
        )
        self.body = Organisation.objects.create(
            kind="verification_body", name_en="Body", name_zh="核查机构", place="CN"
        )
        self.operator = Organisation.objects.create(kind="programme", name_en="Operator", place="CN")
        self.actors: dict[str, Any] = {}
        for role, organisation in {
            "applicant": self.maker, "practitioner": self.maker, "verifier": self.body, "officer": self.operator,
            "technical_reviewer": self.operator, "decision_maker": self.operator,
        }.items():  # fmt: skip
            user = User.objects.create_user(f"{role}@example.org", name=role.title())
            join(user, organisation, role)
            self.actors[role] = actor(user, role)
        self.accredit()
        self.revision = self.sealed()

    def accredit(self, **changes: Any) -> Any:
        """Accredit the body, for every rule pack of the programme that is not named."""
        from cradlemark.registry.accreditation.accredit import Grant, accredit

        given = {
            "organisation": self.body, "user": None, "reference": "EX 001", "valid_from": TIME.date(),
            "valid_until": TIME.date() + datetime.timedelta(days=365), "reason": "Assessed.", **changes,
        }  # fmt: skip
        packs = (given.pop("rule_pack"),) if "rule_pack" in given else self.programme.rule_packs
        rule_packs, by = self.programme.rule_packs, self.actors["officer"]
        return [
            accredit(Grant(rule_pack=pack, **given), rule_packs=rule_packs, by=by, time=TIME)
            for pack in packs
        ]

    def sealed(self) -> Any:
        from cradlemark.registry.studies.models import Product
        from cradlemark.registry.studies.save import begin
        from cradlemark.registry.studies.seal import keep

        product = Product.objects.create(organisation=self.maker, name_en="Terminal block")
        version = begin(product, study_document(), by=self.actors["practitioner"], time=TIME)
        return keep(sealed_example(), version, by=self.actors["practitioner"], time=TIME)

    def submit(self, **changes: Any) -> Any:
        from cradlemark.registry.cases.take import submit

        given = {
            "key": f"hand-in {self.number}",
            "by": self.actors["applicant"],
            "reason": "First label.",
            **changes,
        }
        return submit(self.revision, programme=self.programme, time=TIME, **given)

    def take(self, step: str, role: str, **more: Any) -> Any:
        from cradlemark.registry.cases.take import take

        given = {"by": self.actors[role], "reason": f"{step} it.", **more}
        return take(self.number, step, programme=self.programme, time=TIME, **given)

    def register(self) -> Any:
        from cradlemark.registry.cases.register import register
        from cradlemark.registry.labels.sign import credential_signer

        signer = credential_signer(self.home, passphrase=PASSPHRASE, time=TIME)
        by = self.actors["officer"]
        return register(self.number, home=self.home, signer=signer, by=by, time=TIME, reason="Registered.")

    def plan(self, **changes: Any) -> Any:
        from cradlemark.registry.cases.take import Plan

        given = {"body": self.body, "verifier": self.actors["verifier"].user, **changes}
        return self.take("plan", "officer", plan=Plan(assurance="limited", materiality=0.05, **given))

    def verify(self, what: str, **more: Any) -> Any:
        from cradlemark.registry.cases import verify

        if what == "give_opinion":
            more.setdefault("programme", self.programme)
        return getattr(verify, what)(
            self.number, by=more.pop("by", self.actors["verifier"]), time=TIME, **more
        )

    def until_verification(self) -> None:
        self.submit()
        self.take("accept", "officer")
        self.plan()
        self.verify("declare", text="I have no interest in this case.")
        self.take("review_documents", "verifier")

    def until_granted(self) -> None:
        self.until_verification()
        self.verify("give_opinion", kind="unmodified", text="Nothing came to our attention.")
        self.take("give_opinion", "verifier")
        self.take("review", "technical_reviewer")
        self.take("grant", "decision_maker")


@cache
def sealed_example() -> Any:
    """The example, sealed once for all tests."""
    from cradlemark.registry.studies.seal import sealed

    return sealed(study_document(), secret=b"s" * 32)


def refused(code: str) -> Any:
    return pytest.raises(CradlemarkError, check=lambda error: error.code == code)
