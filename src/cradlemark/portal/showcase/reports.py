"""Reported problems of the demonstration: a new one, one that is looked into, one with its outcome."""

from __future__ import annotations

import datetime

from cradlemark.core.language import Text
from cradlemark.portal.showcase.people import Cast
from cradlemark.registry.complaints.handle import acknowledge, answer, assign, close
from cradlemark.registry.complaints.report import Report, report
from cradlemark.registry.labels.models import Label


def report_problems(cast: Cast, *, now: datetime.datetime) -> None:
    """Report three problems and handle two of them."""
    officer, decider = cast.programme["officer"], cast.programme["decision_maker"].user
    suspended = Label.objects.filter(state="suspended").order_by("sequence").first()
    active = Label.objects.filter(state="active").order_by("sequence").last()
    texts = (
        (20, suspended, "misuse", "The code stands on a housing of another size. 二维码印在其他尺寸的壳体上。", "reader@example.org"),
        (6, active, "figure", "The data sheet states another mass. 产品资料中的质量不同。", "+86 10 0000 0000"),
        (1, None, "counterfeit", "The number cannot be found. 查不到该编号。", ""),
    )  # fmt: skip
    tickets = []
    for place, (days, label, kind, text, contact) in enumerate(texts):
        given = Report(
            f"demonstration {place}",
            label.number if label else "DEMO-999",
            kind,
            text,
            contact,
            "demonstration",
        )
        tickets.append(report(given, time=now - datetime.timedelta(days=days)).ticket)
    first, second, _third = tickets
    explanation = Text("The label was suspended until the packaging is changed.", "包装更换之前标签已暂停。")
    acknowledge(first, by=officer, time=now - datetime.timedelta(days=18))
    answer(
        first,
        text="Thank you. The label is suspended. 感谢反馈，标签已暂停。",
        by=officer,
        time=now - datetime.timedelta(days=12),
    )
    close(
        first, outcome="upheld", explanation=explanation, by=officer, time=now - datetime.timedelta(days=11)
    )
    assign(second, decider, by=officer, time=now - datetime.timedelta(days=4))
