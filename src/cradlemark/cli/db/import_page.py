"""The import report as a page: complete lists, foldable, in one language with a link to the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from cradlemark.cli.db.import_words import CODES, STATUS, WORDS
from cradlemark.core.errors import Problem
from cradlemark.core.language import Language, joined, visible
from cradlemark.core.positions import place_in
from cradlemark.footprint.report.content import (
    Block,
    Document,
    Fold,
    Heading,
    KeyFigures,
    Paragraph,
    Picture,
    Table,
)
from cradlemark.footprint.report.figures import percent, significant
from cradlemark.footprint.report.scene import Label, Rectangle, Scene, Shape
from cradlemark.inventory.processes.records import DISTRIBUTIONS
from cradlemark.inventory.processes.remark_words import phrase, policies
from cradlemark.inventory.processes.report import Cut, Division, ImportReport
from cradlemark.inventory.processes.report_names import format_name
from cradlemark.inventory.processes.report_terminal import LINES, RULES, allocation_advice

PARTS = (
    ("used", "#1f5f8b"), ("idle", "#8aa7bb"), ("unlinked", "#b07c2e"), ("ambiguous", "#d1a54f"), ("refused", "#a3473f"),
)  # fmt: skip
"""What becomes of exchanges, with the colour of its part of the bar."""
OPENED = 12
"""Lists up to this length are open at first."""
KEPT = (
    "formulas read", "formulas calculated", "formulas stored", "formulas that differ", "parameters", "uncertainties",
    "pedigrees",
)  # fmt: skip


def import_page(report: ImportReport, language: Language, *, other: str = "") -> Document:
    """The page of one import.

    Parameters
    ----------
    report : ImportReport
    language : {"en", "zh"}
    other : str
        Name of the file with the same page in the other language; empty if there is none.
    """
    page = _Page(report, language)
    subtitle = page.word(
        "subtitle",
        format=format_name(report.format, language),
        allocation=policies(report.allocation, language),
    )
    return Document(
        language,
        page.word("title", name=visible(report.id)),
        subtitle,
        tuple(page.blocks()),
        page.word("footer", digest=report.digest),
        (("zh" if language == "en" else "en"), other, page.word("other")) if other else None,
    )


class _Page:
    def __init__(self, report: ImportReport, language: Language) -> None:
        self.report = report
        self.language: Language = language

    def word(self, key: str, **values: object) -> str:
        return WORDS[key].format(**values)[self.language]

    def name(self, english: str) -> str:
        return visible(self.report.name(english, self.language))

    def flow(self, cut: Cut) -> str:
        return f"{self.name(cut.flow)} [{visible(cut.unit)}]"

    def blocks(self) -> Iterator[Block]:
        yield self._figures()
        for title, part in (
            ("balance", self._balance),
            ("counts", self._counts),
            ("links", self._links),
            ("mapping", self._mapping),
            ("cuts", self._cuts),
            ("divisions", self._divisions),
            ("remarked", self._remarked),
            ("problems", self._problems),
            ("conversions", self._conversions),
            ("formulas", self._kept),
            ("without", self._without),
            ("unread", self._unread),
        ):
            found = list(part())
            if found:
                yield Heading(self.word(title))
                yield from found

    def _count(self, name: str) -> int:
        return self.report.counts.get(name, 0)

    def _figures(self) -> KeyFigures:
        report, number = self.report, self._number
        opened = self._count("exchanges unlinked") + self._count("exchanges ambiguous")
        known = sum(cut.exchanges for cut in report.cuts if cut.estimate)
        linked = number(self._count("inputs linked"))
        documents = number(self._count("documents refused"))
        products = self.word("products_beside", count=number(self._count("activities stored")))
        return KeyFigures((
            (self.word("processes"), number(self._count("processes stored")), products),
            (self.word("exchanges"), number(self._count("exchanges read")), self.word("linked_beside", count=linked)),
            (self.word("open"), number(opened), self.word("estimated_beside", count=number(known))),
            (self.word("refused"), number(self._count("exchanges refused")), self.word("documents_beside", count=documents)),
            (self.word("looked"), number(len(report.remarked)), self.word("results_beside")),
        ))  # fmt: skip

    def _balance(self) -> Iterator[Block]:
        read = self._number(self._count("exchanges read"))
        if not self.report.balanced:
            yield Paragraph(self.word("unbalanced", count=read), "error")
            return
        parts = [
            f"{self._number(self._count(f'exchanges {name}'))} {self.word(name)}"
            for name, _ in PARTS
            if self._count(f"exchanges {name}")
        ]
        joint = ", " if self.language == "en" else "、"
        yield Paragraph(self.word("balanced", count=read, parts=joint.join(parts)))
        if parts:
            yield Picture(self._bar(), self.word("bar_caption"))

    def _bar(self) -> Scene:
        """One bar over the whole width, and under it a legend with counts and shares."""
        read = self._count("exchanges read")
        shapes: list[Shape] = []
        at, words, width = 0.0, [], 330.0
        for place, (name, colour) in enumerate(PARTS):
            count = self._count(f"exchanges {name}")
            part = width * count / read
            shapes.append(Rectangle(at, 2, part, 20, colour))
            left, top = (place % 3) * width / 3, 32.0 + 22.0 * (place // 3)
            share = f"{self._number(count)} · {percent(count / read)}"
            shapes.append(Rectangle(left, top, 7, 7, colour))
            shapes.append(Label(left + 11, top + 3.5, self.word(name), "start", 7.5, bold=True))
            shapes.append(Label(left + 11, top + 12.5, share, "start", 7, muted=True))
            words.append(f"{self.word(name)} {count}")
            at += part
        return Scene(width, 74, self.word("bar"), ", ".join(words), tuple(shapes))

    def _counts(self) -> Iterator[Block]:
        rows = tuple(
            (f"{'– ' if label.en.startswith(' ') else ''}{label[self.language].strip()}", self._number(self._count(key)))
            for key, label in LINES
            if self._count(key)
        )  # fmt: skip
        yield self._table("counts", rows, "lr")

    def _links(self) -> Iterator[Block]:
        total = sum(self.report.links.values())
        if not total:
            yield Paragraph(self.word("no_links"))
            return
        rows = tuple(
            (RULES[rule][self.language], self._number(count), percent(count / total))
            for rule, count in self.report.links.items()
        )
        yield self._table("links", rows, "lrr")

    def _mapping(self) -> Iterator[Block]:
        if not self.report.mapping:
            return
        yield Paragraph(visible(self.report.mapping), small=True)
        rows = tuple(
            (
                visible(place_in(item.where, self.language)), visible(item.flow), visible(" ".join((item.process, item.place)).strip()),
                visible(item.choice[self.language]), self._number(item.exchanges),
            )
            for item in self.report.chosen
        )  # fmt: skip
        yield self._fold("mapping", rows, "llllr", count=self._number(len(rows)))

    def _cuts(self) -> Iterator[Block]:
        cuts = self.report.cuts
        if not cuts:
            yield Paragraph(self.word("no_cuts"))
            return
        every = sum(cut.exchanges for cut in cuts)
        known = sum(cut.exchanges for cut in cuts if cut.estimate)
        yield Paragraph(self.word("cuts_text", known=self._number(known), all=self._number(every)))
        rows = tuple(self._cut(cut) for cut in cuts)
        yield self._fold("cuts", rows, "lrllrrl", count=self._number(len(cuts)))
        users = tuple((self.flow(cut), ", ".join(visible(each) for each in cut.processes)) for cut in cuts)
        yield self._fold("users", users, "ll")

    def _cut(self, cut: Cut) -> tuple[str, ...]:
        why = re.split("[:：]", RULES[cut.reason][self.language], maxsplit=1)[-1].strip()
        weight = (self.word("weight_unknown"), "", "", "")
        if cut.estimate:
            found = cut.estimate
            status = STATUS[found.status][self.language] if found.status in STATUS else found.status
            name = f"{visible(found.name[self.language])} ({visible(found.source)})"
            weight = (name, f"{found.score:.0f}", significant(found.value, 4), status)
        return (self.flow(cut), self._number(cut.exchanges), why, *weight)

    def _divisions(self) -> Iterator[Block]:
        divisions = self.report.divisions
        if not divisions:
            yield Paragraph(self.word("no_divisions"))
            return
        without = sum(not each.method for each in divisions)
        counts = {"count": self._number(len(divisions)), "without": self._number(without)}
        yield Paragraph(self.word("divisions_text", **counts), "warning" if without else "plain")
        for advice in allocation_advice(self.report, self.language):
            yield Paragraph(advice)
        rows = tuple(row for each in divisions for row in self._division(each))
        yield self._fold("divisions", rows, "llrrll", count=counts["count"])

    def _division(self, division: Division) -> Iterator[tuple[str, ...]]:
        method = phrase(division.method, self.language)
        if not division.method:
            reasons = joined(division.reasons)[self.language]
            method = self.word("no_allocation", reasons=reasons)
        sums = f"{division.sum_low:.6g}"
        if division.sum_high != division.sum_low:
            sums += f" – {division.sum_high:.6g}"
        if not division.method:
            sums = "–"
        name = self.name(division.name)
        for share in division.shares:
            part = self.word("by_exchange") if share.share is None else f"{share.share:.6g}"
            if division.method == "substitution" and share.share is None:
                part = self.word("replaces")
            part = part if division.method else "–"
            amount = f"{significant(share.amount, 4)} {visible(share.unit)}"
            yield (name, self.name(share.product), amount, part, method, sums)

    def _remarked(self) -> Iterator[Block]:
        report = self.report
        if report.unsolved:
            yield Paragraph(visible(self.word("unsolved", reason=report.unsolved)), "warning")
        elif not report.remarked:
            yield Paragraph(self.word("no_remarked"))
        else:
            count = self._number(len(report.remarked))
            every = self._number(self._count("activities stored"))
            if report.without_gases:
                yield Paragraph(self.word("without_gases"), "warning")
            else:
                yield Paragraph(self.word("remarked_text", count=count, all=every))
            rows = tuple(
                (
                    self.name(item.product), self.name(item.process), significant(item.value, 4), visible(item.unit),
                    joined(item.reasons)[self.language],
                )
                for item in report.remarked
            )  # fmt: skip
            yield self._fold("remarked", rows, "llrll", count=count)

    def _problems(self) -> Iterator[Block]:
        if not self.report.problems:
            yield Paragraph(self.word("no_problems"))
            return
        yield Paragraph(self.word("problems_text"), small=True)
        groups: defaultdict[str, list[Problem]] = defaultdict(list)
        for problem in self.report.problems:
            groups[problem.code].append(problem)
        for code, problems in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
            title = CODES[code][self.language] if code in CODES else code
            rows = tuple(self._problem(each) for each in problems)
            yield self._fold("problems", rows, "lll", count=self._number(len(rows)), title=title)

    def _problem(self, problem: Problem) -> tuple[str, ...]:
        said = (
            place_in(problem.where, self.language),
            problem.message[self.language],
            problem.hint[self.language],
        )
        return tuple(map(visible, said))

    def _conversions(self) -> Iterator[Block]:
        found = self.report.conversions
        if not found:
            yield Paragraph(self.word("no_conversions"))
            return
        rows = tuple(
            (visible(item.source_unit), visible(item.unit), f"{item.factor:.10g}", self._number(item.exchanges))
            for item in found
        )  # fmt: skip
        total = self._number(sum(item.exchanges for item in found))
        yield self._fold("conversions", rows, "llrr", count=total, kinds=len(found))

    def _kept(self) -> Iterator[Block]:
        names = dict(LINES)
        rows = [
            (names[key][self.language].strip(), self._number(self._count(key)))
            for key in KEPT
            if self._count(key)
        ]
        for word, kinds in (
            ("exchange", self.report.distributions),
            ("parameter", self.report.parameter_distributions),
        ):
            for kind, count in kinds.items():
                name = DISTRIBUTIONS[kind][self.language] if kind in DISTRIBUTIONS else kind
                rows.append((self.word(word, kind=name), self._number(count)))
        for language, count in self.report.languages.items():
            name = self.word("not_stated") if language == "not stated" else visible(language)
            rows.append((self.word("names_in", language=name), self._number(count)))
        if rows:
            header = tuple(self.word("kept_header").split("|"))
            yield Table(self.word("kept_caption"), header, tuple(rows), "lr")

    def _without(self) -> Iterator[Block]:
        rows = tuple((visible(each),) for each in self.report.without_product)
        if rows:
            yield self._fold("without", rows, "l", count=self._number(len(rows)))

    def _unread(self) -> Iterator[Block]:
        if not self.report.unread:
            yield Paragraph(self.word("no_unread"))
            return
        rows = tuple(
            (visible(each.what[self.language]), self._number(each.count)) for each in self.report.unread
        )
        yield self._fold("unread", rows, "lr", count=self._number(len(rows)))

    def _table(self, key: str, rows: tuple[tuple[str, ...], ...], align: str) -> Table:
        header = tuple(self.word(f"{key}_header").split("|"))
        return Table(self.word(f"{key}_caption"), header, rows, align)

    def _fold(self, key: str, rows: tuple[tuple[str, ...], ...], align: str, **values: object) -> Fold:
        header = tuple(self.word(f"{key}_header").split("|"))
        summary = self.word(f"{key}_fold", **values)
        return Fold(summary, Table(summary, header, rows, align, small=True), open=len(rows) <= OPENED)

    @staticmethod
    def _number(count: int) -> str:
        return f"{count:,}"
