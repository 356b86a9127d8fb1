"""A mapping file to fill in: every open input with candidates, so that one only has to choose."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import attrs
import tomli_w
from rapidfuzz import fuzz, process

from cradlemark.core.language import Text, visible
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.processes.linking import FREE, OPEN
from cradlemark.inventory.processes.mapping_files import ABOUT, FIELDS
from cradlemark.inventory.processes.products import Product, products_of
from cradlemark.inventory.processes.proxies import LONGEST, Wanted, packaged_proxy
from cradlemark.inventory.processes.tables import ProcessDatabase

OFFERED = 8
"""Candidates of one kind that are offered for an input."""
ALIKE = 60.0
"""Least likeness [0-100] of names for a product to be offered."""
COMMON = 1000
"""Products that may share a word for it to tell something."""
SHORT = 2
"""Length of a word that tells nothing [characters]."""
HEAD = """\
# Open inputs of {name}. Choose for each: take the # away before one provider (and its
# provider_flow), the proxy or cut_off.
# {name} 的未链接输入。逐项选择：去掉一个 provider（及其 provider_flow）、proxy 或 cut_off 前的 #。
#   provider   process that supplies; with provider_flow when it supplies something of another identifier, and with
#              factor (supplied units per unit asked for) when the units do not convert
#   proxy      what stands for the input in the estimate of cut-offs; it is never added to a result
#   cut_off    the reason why the input is left out on purpose
# process = "..." or place = "..." in a line restricts it to that user or place.
"""


@attrs.frozen
class Candidate:
    """Something that could supply or stand for an open input.

    Parameters
    ----------
    kind : {"provider", "proxy"}
    provider : str
        Identifier to write down.
    flow : str
        Identifier of what it supplies when that is another flow; empty otherwise.
    name : str
    """

    kind: str
    provider: str
    flow: str
    name: str


@attrs.frozen
class OpenFlow:
    """An open input with the reasons why it is open and what could be chosen."""

    flow: str
    name: Text
    unit: str
    reason: str
    uses: int
    candidates: tuple[Candidate, ...]


def open_flows(database: ProcessDatabase, matcher: Matcher) -> tuple[OpenFlow, ...]:
    """All inputs that nobody has decided about, the most used first.

    Parameters
    ----------
    database : ProcessDatabase
    matcher : Matcher
        Over the packaged factors.
    """
    exchanges, flows = database["exchanges"], database["flows"]
    undecided = {reason for reason in OPEN if reason not in {FREE, "open_by_mapping"}}
    links = exchanges.texts("link")
    rows = [row for row, link in enumerate(links) if link in undecided]
    owners, places = exchanges.integers("process"), database["processes"].texts("location")
    uses: Counter[int] = Counter()
    reasons: defaultdict[int, set[str]] = defaultdict(set)
    users: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        flow = int(exchanges.integers("flow")[row])
        uses[flow] += 1
        reasons[flow].add(links[row])
        users[flow][places[int(owners[row])]] += 1
    offers = _Offers(products_of(database), matcher)
    ids, units, kinds = (flows.texts(name) for name in ("id", "unit", "kind"))
    names = [Text(*pair) for pair in zip(flows.texts("name_en"), flows.texts("name_zh"), strict=True)]
    return tuple(
        OpenFlow(
            ids[flow], names[flow], units[flow], ", ".join(sorted(reasons[flow])), count,
            tuple(offers.of(ids[flow], Wanted(
                (names[flow].en, names[flow].zh), units[flow], kinds[flow] == "waste",
                min(users[flow], key=lambda place: (-users[flow][place], place)),
            ))),
        )
        for flow, count in sorted(uses.items(), key=lambda item: (-item[1], item[0]))
    )  # fmt: skip


class _Offers:
    def __init__(self, products: tuple[Product, ...], matcher: Matcher) -> None:
        self.matcher = matcher
        self.of_flow: defaultdict[str, list[Product]] = defaultdict(list)
        self.with_word: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for product in products:
            self.of_flow[product.id.rpartition("/")[2]].append(product)
            for word in _words(product.name["en"]):
                self.with_word[product.unit, word].append(product.activity)
        self.products = products

    def _sharing_a_word(self, name: str, unit: str) -> dict[int, str]:
        """Products of a unit that share a word with a name; words that nearly all have tell nothing."""
        lists = (self.with_word.get((unit, word), []) for word in _words(name))
        found = {activity for activities in lists if len(activities) <= COMMON for activity in activities}
        return {activity: self.products[activity].name["en"][:LONGEST].lower() for activity in sorted(found)}

    def of(self, flow: str, wanted: Wanted) -> Iterator[Candidate]:
        """Makers of the flow, then products of a similar name and the same unit, then a packaged factor."""
        makers = self.of_flow.get(flow, [])[:OFFERED]
        for product in makers:
            yield _provider(product, flow)
        name = wanted.names[0] or wanted.names[-1]
        if not makers and name:
            near = process.extract(
                name.lower(), self._sharing_a_word(name, wanted.unit), scorer=fuzz.token_set_ratio,
                score_cutoff=ALIKE, limit=OFFERED,
            )  # fmt: skip
            for _, _, activity in near:
                yield _provider(self.products[activity], flow)
        proxy = packaged_proxy(wanted, self.matcher)
        if proxy is not None:
            yield Candidate("proxy", proxy.source, "", f"{proxy.name['en']}, {proxy.score:.0f}")


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"\w+", name[:LONGEST].lower()) if len(word) > SHORT}


def _provider(product: Product, flow: str) -> Candidate:
    maker, _, made = product.id.rpartition("/")
    name = " | ".join(part for part in (product.name["en"], product.process["en"], product.place) if part)
    return Candidate("provider", maker, made if made != flow else "", name)


def template_toml(name: str, opened: Sequence[OpenFlow]) -> str:
    """The template as TOML; nothing is chosen in it."""
    parts = [HEAD.format(name=_comment(name))]
    for each in opened:
        about = f"{each.uses} x {each.name['en']} [{each.unit}]: {each.reason}"
        parts.append(f"\n# {_comment(about)}\n[[input]]\n{_entry('flow', each.flow)}\n")
        for candidate in each.candidates:
            parts.append(f"# {_entry(candidate.kind, candidate.provider)}  # {_comment(candidate.name)}\n")
            if candidate.flow:
                parts.append(f"#   {_entry('provider_flow', candidate.flow)}\n")
        parts.append('# cut_off = ""\n')
    return "".join(parts)


def template_csv(opened: Sequence[OpenFlow]) -> str:
    """The template as a table; nothing is chosen in it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((*FIELDS, *ABOUT))
    for each in opened:
        offers = "; ".join(_offer(candidate) for candidate in each.candidates)
        about = (each.name["en"], each.unit, str(each.uses), each.reason, offers)
        writer.writerow(_covered(cell) for cell in (each.flow, *[""] * (len(FIELDS) - 1), *about))
    return "\ufeff" + text.getvalue()


def _offer(candidate: Candidate) -> str:
    flow = f" provider_flow={candidate.flow}" if candidate.flow else ""
    return f"{candidate.kind}={candidate.provider}{flow} ({candidate.name})"


def _covered(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell


def _entry(key: str, value: str) -> str:
    """One line of TOML, whatever the value holds."""
    return tomli_w.dumps({key: value}).strip()


def _comment(text: str) -> str:
    return visible(" ".join(text.split()))[:300]
