"""What an officer types wrong is said, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cradlemark.registry.home import Home

GOOD = {"verifier": "", "assurance": "limited", "materiality": "5", "reason": "Competent."}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("verifier", "abc"), ("verifier", "9" * 30), ("verifier", "²"), ("assurance", "absolute"), ("assurance", ""),
        ("materiality", ""), ("materiality", "five"), ("materiality", "0"), ("materiality", "-1"), ("materiality", "nan"),
        ("materiality", "inf"), ("materiality", "500"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("language", "word"), [("en", "Please repair this"), ("zh-hans", "请修正以下问题")])
def test_plan_that_cannot_be_is_refused(
    home: Home, signed_in: Callable[..., Client], field: str, typed: str, language: str, word: str
) -> None:
    from cradlemark.registry.people.models import Membership

    officer = signed_in("officer", language=language)
    chosen = str(Membership.objects.get(role="verifier").pk)
    page = officer.post("/cases/1/plan/", {**GOOD, "verifier": chosen, field: typed})
    assert page.status_code == 422
    assert word in page.content.decode()


def test_publishing_while_somebody_else_does_says_so(home: Home, signed_in: Callable[..., Client]) -> None:
    officer = signed_in("officer")
    with home.alone():
        page = officer.post("/programme/publish/", follow=True).content.decode()
    assert "Somebody else is publishing at this moment." in page
    assert "at this moment" not in officer.post("/programme/publish/", follow=True).content.decode()
