"""Every page of the portal that the demonstration reaches, for every role: usable by everyone, asking nobody else.

Chinese and English, light and dark, 320 and 1280 px wide: nothing that axe-core finds, no request to elsewhere, no broken rule of
what a page may load, nothing that has to be scrolled sideways on a phone. A new page comes in by itself: its address has to be
answered by one of the samples below, or the test of routes fails.

The support pages come from a few templates of Django's admin: each is looked at in both languages and both schemes of colours, on a
phone in the light and on a wide screen in the dark; a table that is mended and one that is not are looked at in all four ways.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse

from tests.portal import support_pages
from tests.portal.conftest import PASSPHRASE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

ROLES = (
    "",
    "newcomer",
    "applicant",
    "practitioner",
    "verifier",
    "officer",
    "technical_reviewer",
    "decision_maker",
    "oversight",
)
"""Nobody, somebody without a role, and everybody."""
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
SIZES = tuple(product((320, 1280), ("light", "dark")))
FAREST = (SIZES[0], SIZES[-1])
"""The two that have nothing in common."""
FILES = {
    "published", "scanned", "scanned-product", "chart-file", "case-bundle", "study-document", "live", "ready", "metrics",
}  # fmt: skip
"""Addresses that answer with a file or lead elsewhere."""
PARTS = {"study-preview", "demonstration-sign-in"}
"""Addresses that answer with a part of a page, or sign somebody in."""
ACCOUNT = ("/account/login/", "/account/signup/", "/account/password/reset/", "/no/such/page/")
BENCH = ("workbench", "raise", "sampling", "changes")
"""Pages of a case that show the same for every state: looked at for two cases."""
QUERIES = {
    "home": ("", "?q=terminal", "?q=nothing+fits"), "label-preview": ("?step=suspend&reason=Because", "?step=revoke&reason=Because", "?step=withdraw"),
    "label-preview-page": ("?step=suspend&reason=Because",), "case-raise": ("?place=product.mass", "?rule=dataset-age"),
    "study-hand-in": ("", "?kind=reduction", "?kind=grade"), "labels": ("", "?number=XX"), "audit": ("", "?subject=nothing"), "verify": ("", "?number=DEMO-000000-Z"), "compare": ("", "?label={label}&label={other}"),
}  # fmt: skip
RULES = {"preload": False, "resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
LOOKS = {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"],
    "resultTypes": ["violations"],
}
"""What can change with width and colours alone."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@attrs.frozen
class Portal:
    """The demonstration as it is served: address, sign-in links by role, samples of everything in addresses."""

    address: str
    links: dict[str, str]
    samples: dict[str, tuple[str, ...]]


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    from django.db import connections

    from cradlemark.portal.demonstrate import main
    from cradlemark.portal.home import home as served
    from cradlemark.registry.home import open_home
    from cradlemark.registry.people.models import User

    folder = tmp_path_factory.mktemp("everyone") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
        patch.setenv("CRADLEMARK_PROGRAMME", str(folder))
        patch.setattr(settings, "HOME", folder)
        served.cache_clear()
        main(folder, full=True)
        open_home(folder)
        User.objects.create_user("newcomer@example.org", PASSPHRASE, name="Newcomer")
        found = Portal("", _links(), _samples() | _begun(_links()))
        with serving() as address:
            yield attrs.evolve(found, address=address)
        served.cache_clear()
        connections.close_all()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the portal from a thread of this process."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _links() -> dict[str, str]:
    from cradlemark.portal.demonstration import link
    from cradlemark.registry.people.models import User

    users = {user.email.partition("@")[0]: user for user in User.objects.all()}
    return {role: link(users[role]) for role in ROLES if role}


def _begun(links: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """What the demonstration does not begin: a bill that is imported, a supplier who is asked, somebody who is invited."""
    client = Client(headers={"accept-language": "en"})
    client.get(links["applicant"])
    content = Path("examples/terminal-block/bom.xlsx").read_bytes()
    sent = client.post("/imports/new/", {"file": SimpleUploadedFile("bom.xlsx", content)})
    kept = sent.headers["Location"].split("/")[2]
    study = _samples()["study"][0]
    asked = {
        "material": "1",
        "supplier": "Polymer Works",
        "message": "Please state the origin.",
        "days": "14",
    }
    page = client.post(f"/studies/{study}/requests/", asked).content.decode()
    supplier = re.search(r"/supplier/([^/<]+)/", page)
    form = client.get("/invitations/").content.decode()
    part = re.search(r'value="(\d+:[a-z_]+)"', form)
    assert part is not None
    invited = {"part": part[1], "email": "somebody@example.org", "days": "7"}
    link = re.search(r"/invitation/([^/<]+)/", client.post("/invitations/", invited).content.decode())
    assert supplier is not None
    assert link is not None
    return {"import": (kept,), "token": (supplier[1],), "secret": (link[1],), "row": ("1",)}


def _samples() -> dict[str, tuple[str, ...]]:
    """What stands in addresses, by the name of the parameter."""
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.complaints.models import Complaint
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.studies.models import Product, Study

    mine = {"organisation__memberships__user__email": "applicant@example.org"}
    states = (
        "submitted",
        "accepted",
        "planned",
        "document_review",
        "corrective_action",
        "returned",
        "technical_review",
        "granted",
    )
    cases = [Case.objects.filter(state=state)[0].number for state in states]
    labels = [Label.objects.filter(state=state)[0].number for state in ("active", "revoked")]
    study = Study.objects.filter(product__organisation__memberships__user__email="applicant@example.org")[0]
    lower = Case.objects.get(kind="reduction")
    return {
        "case": tuple(map(str, cases)), "bench": (str(cases[3]), str(lower.number)), "label": tuple(labels), "study": (str(study.pk),),
        "handed": (str(study.pk), str(lower.revision.version.study_id)),
        "product": (str(Product.objects.filter(**mine)[0].pk),), "place": ("general", "components", "operations.0"), "name": ("labels-by-year",),
        "ticket": tuple(one.ticket for one in Complaint.objects.order_by("received")[1:3]),
    }  # fmt: skip


def addresses(portal: Portal) -> Iterator[tuple[str, str]]:
    """Name and address of every route of our own, with every sample."""
    for pattern in get_resolver().url_patterns:
        if not isinstance(pattern, URLPattern) or pattern.name in FILES | PARTS:
            continue
        route, name = str(pattern.pattern), str(pattern.name)
        pools = [_pool(portal, route, key) for key in pattern.pattern.converters]
        for chosen in product(*pools):
            made = route
            for value in chosen:
                made = re.sub(r"<\w+:\w+>", value, made, count=1)
            for query in QUERIES.get(name, ("",)):
                labels = portal.samples["label"]
                yield name, f"/{made}{query.format(label=labels[0], other=labels[1])}"


def _pool(portal: Portal, route: str, key: str) -> tuple[str, ...]:
    if key == "study" and "hand-in" in route:
        key = "handed"
    if key == "number":
        bench = any(part in route for part in BENCH)
        key = (
            "bench"
            if bench
            else "case"
            if route.startswith("cases")
            else "label"
            if "label" in route
            else "import"
        )
    return portal.samples.get(key, ("1",))


class Visit:
    """One browser of one person; what its pages ask for and complain about is kept."""

    def __init__(self, context: BrowserContext, portal: Portal) -> None:
        self.page: Page = context.new_page()
        self.portal, self.requests, self.complaints = portal, [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)

    def _console(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.complaints.append(f"{line.text} {line.location['url']}")

    def wrong(self, axe: str, sizes: Sequence[tuple[int, str]] = SIZES) -> list[str]:
        """Everything that is wrong with the page that is shown, and with what it asked for."""
        found = self.violations(axe, sizes)
        refused = re.compile(rf"Failed to load resource: .* status of 40[34] .* {re.escape(self.page.url)}")
        found += [f"says {one}" for one in self.complaints if not refused.fullmatch(one)]
        found += [
            f"asks {url}" for url in self.requests if not url.startswith((self.portal.address, "data:"))
        ]
        self.complaints.clear()
        self.requests.clear()
        return found

    def violations(self, axe: str, sizes: Sequence[tuple[int, str]]) -> list[str]:
        """What axe-core finds at these sizes and in these schemes of colours."""
        self.page.evaluate(axe)
        found = []
        for width, scheme in sizes:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=scheme)
            options = RULES if (width, scheme) in FAREST else LOOKS
            result = self.page.evaluate("options => axe.run(document, options)", options)
            found += [
                f"{width} {scheme} {one['id']}: {one['nodes'][0]['html'][:160]}"
                for one in result["violations"]
            ]
            if width == 320 and self.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{width} px: has to be scrolled sideways")
        return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_used_by_everyone(browser: Browser, portal: Portal, language: str) -> None:
    axe = axe_source()
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    names: set[str] = set()
    for role in ROLES:
        client = Client(headers={"accept-language": LANGUAGES[language]})
        context = browser.new_context(locale=LANGUAGES[language], viewport={"width": 320, "height": 800})
        visit = Visit(context, portal)
        if role:
            client.get(portal.links[role])
            visit.page.goto(portal.address + portal.links[role])
        for name, address in reached(client, portal, seen, with_account=not role):
            names.add(name)
            visit.complaints.clear()
            visit.page.goto(portal.address + address, wait_until="load")
            if found := visit.wrong(axe):
                wrong[f"{role or 'visitor'} {address}"] = found
        context.close()
    assert wrong == {}
    assert len(names) > 40


def reached(
    client: Client, portal: Portal, seen: set[str], *, with_account: bool
) -> Iterator[tuple[str, str]]:
    """Pages that a person gets, each content once."""
    more = [("account", address) for address in ACCOUNT] if with_account else [("account", "/account/2fa/")]
    for name, address in (*addresses(portal), *more):
        response = client.get(address)
        if response.status_code not in {200, 404} or (response.status_code == 404 and name != "account"):
            continue
        content = response.content.decode() if not response.streaming else ""
        main = re.sub(r'value="[^"]{32,}"', "", content.partition("<main")[2])
        if main and main not in seen:
            seen.add(main)
            yield name, address


def axe_source() -> str:
    """The script of axe-core."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def test_way_back_from_a_search_is_a_whole_page_that_no_browser_keeps(
    browser: Browser, portal: Portal
) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(portal.address + "/")
    everything = page.locator("#count").inner_text()
    page.fill("#q", "terminal")
    page.wait_for_url("**/?q=terminal")
    found = page.locator("#count").inner_text()
    assert found != everything
    page.evaluate("window.stayed = true")
    page.go_back()
    page.wait_for_function("all => document.querySelector('#count').innerText === all", arg=everything)
    assert page.evaluate("window.stayed"), "only the content was exchanged"
    assert (
        page.locator("h1").count() == page.locator("#search").count() == page.locator("#found").count() == 1
    )
    assert page.locator("#q").input_value() == ""
    page.go_forward()
    page.wait_for_function("some => document.querySelector('#count').innerText === some", arg=found)
    kept = page.evaluate("Object.keys(sessionStorage).concat(Object.keys(localStorage))")
    assert set(kept) <= {"htmx-current-path-for-history"}
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_support_page_can_be_used_by_everyone(browser: Browser, portal: Portal, language: str) -> None:
    axe = axe_source()
    context = browser.new_context(locale=LANGUAGES[language], viewport={"width": 320, "height": 800})
    visit = Visit(context, portal)
    visit.page.goto(portal.address + support_pages.supporter())
    visit.requests.clear()
    wrong: dict[str, list[str]] = {}
    for address, in_every_way in support_pages.addresses():
        visit.page.goto(portal.address + address, wait_until="load")
        if found := visit.wrong(axe, SIZES if in_every_way else FAREST):
            wrong[address] = found
    for kind in after_a_form(visit.page, portal):
        if found := visit.wrong(axe, FAREST):
            wrong[kind] = found
    context.close()
    assert wrong == {}


def after_a_form(page: Page, portal: Portal) -> Iterator[str]:
    """What a form of a support page answers: that something is wrong with it, or that it is kept."""
    page.goto(f"{portal.address}/support/people/organisation/1/change/")
    names = {one: page.locator(f"[name={one}]").input_value() for one in ("name_en", "name_zh")}
    for one in names:
        page.fill(f"[name={one}]", "")
    with page.expect_navigation():
        page.click("[name=_continue]")
    assert page.locator(".errornote").count() == 1
    yield "refused form"
    for one, value in names.items():
        page.fill(f"[name={one}]", value)
    with page.expect_navigation():
        page.click("[name=_save]")
    assert page.locator(".messagelist .success").count() == 1
    yield "kept form"


def test_every_support_page_is_looked_at(portal: Portal) -> None:
    """Addresses that the walk through the support pages does not know show nothing."""
    client = Client()
    client.get(support_pages.supporter())
    seen = {resolve(address.partition("?")[0]).url_name for address, _ in support_pages.addresses()}
    left = set(support_pages.routes()) - seen - support_pages.NO_PAGES
    assert left
    for name in left:
        address = reverse(f"admin:{name}", args=["1"] if name.endswith(("delete", "history")) else [])
        assert client.get(address).status_code in {302, 403}, address


def test_every_route_is_reached_by_somebody(portal: Portal) -> None:
    """A page that the walk above does not know would never be looked at."""
    clients = []
    for role in ROLES:
        client = Client()
        if role:
            client.get(portal.links[role])
        clients.append(client)
    missed = {name for name, _ in addresses(portal)}
    for name, address in addresses(portal):
        if name in missed and any(client.get(address).status_code in {200, 405} for client in clients):
            missed.discard(name)
    assert missed == set()


def test_demonstration_has_every_state(portal: Portal) -> None:
    from cradlemark.label.workflow import workflow
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.people.models import Organisation

    states = workflow().states
    assert set(Case.objects.values_list("state", flat=True)) == set(states["case"])
    shown = set(Label.objects.values_list("state", flat=True))
    assert shown == set(states["label"]) - {"registered", "recognised"}
    assert Organisation.objects.filter(kind="manufacturer").count() == 3
    assert Case.objects.values("product").distinct().count() == 12
