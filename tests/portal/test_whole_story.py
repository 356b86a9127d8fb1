"""The whole story of a label in Chromium, in each language, every person in a browser of his own; nothing is done but on pages.

A manufacturer signs up, imports a bill of materials, chooses datasets, calculates and hands in; a verifier with a passkey raises a finding,
has it answered, recomputes and signs; others review, decide and issue; a visitor reads the code, verifies and downloads; an officer suspends.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs
import pytest
from django.conf import settings
from django.core import mail
from django.utils.translation import gettext, override

from cradlemark.core.language import Text
from cradlemark.label.artwork.scan import open_picture, read_codes
from cradlemark.label.page.wording import word
from cradlemark.registry.files import read_file
from cradlemark.registry.home import Home
from cradlemark.trust.audit import audit
from cradlemark.trust.trust_files import read_trust_file
from tests.portal.test_label_page import HOLDS, STEPS
from tests.portal.test_passkeys import AUTHENTICATOR, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

REASON = "Surveillance is overdue."
SAME = "Recomputed from the sealed bundle alone: every digit is the same. Sealed with version %(sealed)s, recomputed with %(own)s."
OWN_PASSWORD = "a long walk along the harbour"
LANGUAGES = {"en": ("en-GB", "en"), "zh": ("zh-CN", "zh-hans")}
"""What browsers ask for, and the language of the pages."""
BILL = Path("examples/terminal-block/bom.xlsx").resolve()


@attrs.define
class Person:
    """Somebody at a browser: what the page asked for elsewhere, and what it complained about, is kept."""

    context: BrowserContext
    page: Page
    address: str
    language: str
    external: list[str] = attrs.field(factory=list)
    complaints: list[str] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type == "error" else None
        )
        self.page.on(
            "response",
            lambda answer: (
                self.complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
            ),
        )

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.external.append(url)

    def say(self, text: str) -> str:
        """Words of the interface in the language of the person; in Chinese they differ from the English ones."""
        with override(LANGUAGES[self.language][1]):
            said = gettext(text)
        assert self.language == "en" or said != text, f"not translated: {text}"
        return said

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(path if path.startswith("http") else f"{self.address}{path}")
        self.looks_right()

    def looks_right(self) -> None:
        """The page is in the language of the person."""
        assert (self.page.get_attribute("html", "lang") or "").lower().startswith(self.language), (
            self.page.url
        )

    def follow(self, name: str) -> None:
        """Follow the link of that name."""
        self.page.get_by_role("link", name=self.say(name), exact=True).first.click()
        self.page.wait_for_load_state()
        self.looks_right()

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press the button of that name."""
        shown = self.page.get_by_role("button", name=self.say(name), exact=exact)
        shown.and_(self.page.locator("button:not(.hidden)")).first.click()
        self.page.wait_for_load_state()

    def write(self, name: str, value: str) -> None:
        """Fill in the field of that label."""
        self.page.get_by_label(self.say(name)).first.fill(value)

    def send(self, form: str, **fields: str) -> None:
        """Fill in the fields of a form and send it by its button."""
        place = self.page.locator(form).first
        for name, value in fields.items():
            place.locator(f"[name={name}]:not([type=hidden])").first.fill(value)
        place.locator("button, input[type=submit]").first.click()
        self.page.wait_for_load_state()

    def take(self, step: str, reason: str) -> None:
        """Take a step of the case."""
        self.send(f"form:has(input[name=step][value={step}])", reason=reason)
        self.looks_right()

    def text(self) -> str:
        """What stands on the page."""
        return self.page.inner_text("main")

    def close(self) -> None:
        """Nothing was asked of others, and nothing was wrong."""
        self.context.close()
        assert (self.external, self.complaints) == ([], [])


@pytest.fixture
def portal(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A portal as in a real programme, which answers several at once; its mails are kept."""
    import threading
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIServer, make_server

    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    from tests.portal.test_passkeys import Quiet

    for name, value in {
        "SECOND_FACTOR_REQUIRED": True, "ALLOWED_HOSTS": ["localhost"], "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }.items():  # fmt: skip
        monkeypatch.setattr(settings, name, value)
    mail.outbox = []
    application = WSGIHandler()

    def answer(environ: Any, start: Any) -> Any:
        try:
            response = application(environ, start)
            content = list(response)
            response.close()
            return content
        finally:
            connection.close()

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    server = make_server("127.0.0.1", 0, answer, server_class=Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=LANGUAGES)
def person(portal: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[], Person]]:
    """Opens a browser for one more person, with an authenticator; looked at when the story has ended."""
    opened: list[Person] = []

    def open_browser() -> Person:
        context = browser.new_context(
            locale=LANGUAGES[request.param][0], accept_downloads=True, device_scale_factor=3
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        speaking = context.new_cdp_session(page)
        speaking.send("WebAuthn.enable")
        speaking.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        opened.append(Person(context, page, portal, request.param))
        return opened[-1]

    yield open_browser
    for one in opened:
        one.close()


def address_of(name: str, person: Person) -> str:
    return f"{name}.{person.language}@example.com"


# ---- what everybody does ----------------------------------------------------------------------------------------------------


def sign_up(person: Person, email: str) -> None:
    """Make an account and confirm the address by the link of the mail."""
    person.send(
        "form:has(input[name=password1])", email=email, password1=OWN_PASSWORD, password2=OWN_PASSWORD
    )
    (link,) = (
        found for one in mail.outbox if one.to == [email] for found in re.findall(r"https?://\S+/confirm-email/\S+", one.body)
    )  # fmt: skip
    person.go(re.sub(r"^https?://[^/]+", "", link))
    person.page.locator("main form button").first.click()
    person.page.wait_for_load_state()
    if "/login/" in person.page.url:
        sign_in(person, email, OWN_PASSWORD)


def sign_in(person: Person, email: str, password: str) -> None:
    person.send("form:has(input[name=password])", login=email, password=password)


def add_passkey(person: Person, password: str) -> None:
    """Set up a passkey, which the role needs."""
    person.go("/account/2fa/webauthn/add/")
    if person.page.locator("main input[name=password]").count():
        person.send("form:has(input[name=password])", password=password)
    person.page.fill("input[name=name]", "Key")
    person.page.check("input[name=passwordless]")
    person.page.click("#mfa_webauthn_add")
    person.page.wait_for_url(lambda url: "webauthn/add" not in url)


def of_the_programme(person: Person, role: str) -> Person:
    """Somebody whom the programme has already signs in, and sets up a passkey."""
    from allauth.account.models import EmailAddress

    from cradlemark.registry.people.models import User

    user = User.objects.get(email=f"{role}@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    person.go("/account/login/")
    sign_in(person, user.email, PASSWORD)
    add_passkey(person, PASSWORD)
    person.go("/desk/")
    return person


# ---- the story --------------------------------------------------------------------------------------------------------------


def begin_company(maker: Person) -> None:
    maker.go("/")
    maker.follow("Sign in")
    maker.page.locator("main a[href*='/signup/']").first.click()
    sign_up(maker, address_of("maker", maker))
    maker.go("/desk/")
    maker.follow("Sign up your company")
    maker.write("Name, English", "Riverside Connectors")
    maker.write("Name, Chinese", "河畔连接器")
    maker.press("Begin")
    assert maker.say("Products") in maker.page.inner_text("header")


def import_bill(maker: Person) -> None:
    """Import the bill of the terminal block; two materials get other datasets than those proposed."""
    maker.follow("Products")
    maker.follow("Import a bill of materials")
    maker.page.get_by_label(maker.say("Bill of materials")).set_input_files(BILL)
    maker.press("Upload and read")
    assert maker.page.locator("#reading dd strong").first.inner_text() == "6"
    maker.follow("Go on to the datasets")
    for material in ("T2紫铜带", "12Cr17Ni7"):
        row = maker.page.locator("fieldset.match", has=maker.page.locator("legend", has_text=material))
        offered = row.locator("select option").evaluate_all("all => all.map(one => one.value)")
        assert len(offered) > 3
        row.locator("select").select_option(offered[2])
    for box in (
        maker.page.locator("fieldset.match", has_text="PA66")
        .or_(maker.page.locator("fieldset.match", has_text="ＰＡ６６"))
        .all()
    ):
        box.locator("input[type=checkbox]").check()
    maker.press("Save these choices")
    assert maker.page.locator("fieldset.match.chosen").count() == 4
    maker.follow("Go on")
    maker.write("Name of the product in Chinese", "直插式接线端子")
    maker.write("Name of the product in English", "Push-in terminal block")
    maker.press("Apply to the study")


def edited(maker: Person, values: dict[str, str]) -> None:
    """Fill in fields of the form, also those that are folded, and save."""
    for name, value in values.items():
        field = maker.page.locator(f"#form [name='{name}']:not([type=hidden])")
        if not field.is_visible():
            maker.page.locator("#form details > summary").first.click()
        field.fill(value)
    maker.press("Save")
    assert maker.page.locator("#form [role=alert]").count() == 0, maker.text()


def complete_study(maker: Person) -> str:
    """Fill in what the template only held examples of; the result follows what is typed, before anything is saved."""
    study = re.sub(r"^https?://[^/]+", "", maker.page.url)
    maker.go(f"{study}edit/general/")
    edited(
        maker,
        {
            "period": "2025",
            "place": "CN-ZJ",
            "assumptions": "装配用电为实测值。 | Energy of the assembly was measured.",
        },
    )
    maker.go(f"{study}edit/product/")
    edited(maker, {
        "product.models": "TB2.5-PI-GY", "product.mass": "6.475 g", "product.description.zh": "导轨接线端子。",
        "product.description.en": "Terminal block for DIN rails.", "product.holder.name.zh": "河畔连接器",
        "product.holder.name.en": "Riverside Connectors",
    })  # fmt: skip
    maker.go(f"{study}edit/site/")
    edited(maker, {"site.name.zh": "河畔工厂", "site.name.en": "Riverside works"})
    maker.go(f"{study}edit/operations.0/")
    figure = maker.page.locator("#live strong").first
    before = figure.inner_text()
    energy = maker.page.locator("#form [name*='energy'][name$='.amount']").first
    energy.fill("0.02 kWh")
    maker.page.wait_for_function(
        "before => document.querySelector('#live strong').textContent !== before", arg=before
    )
    assert float(figure.inner_text()) > float(before)
    maker.press("Save")
    maker.press("Undo the last change")
    assert maker.page.locator("#live strong").first.inner_text() == before
    return study


def hand_in(maker: Person, study: str) -> str:
    """Hand in; returns the page of the case."""
    maker.go(study)
    maker.page.locator(f"a[href='{study}hand-in/']").first.click()
    maker.page.wait_for_load_state()
    maker.send("form[action$='/submit/']", reason="First label.")
    assert "/cases/" in maker.page.url, maker.text()
    return re.sub(r"^https?://[^/]+", "", maker.page.url)


def invite_verifier(officer: Person, email: str) -> str:
    """Invite somebody into the accredited body; returns the link."""
    officer.go("/desk/")
    officer.follow("Invitations")
    place = officer.page.locator("select[name=part] option[value$=':verifier']").first.get_attribute("value")
    officer.page.select_option("select[name=part]", place)
    officer.page.fill("input[name=email]", email)
    officer.press("Make the link")
    return re.sub(r"^https?://[^/]+", "", officer.page.locator("[role=status] code").inner_text())


def take_role(verifier: Person, link: str, email: str) -> None:
    """Open an invitation, make an account, accept, and set up a passkey, without which the role opens nothing."""
    verifier.go(link)
    verifier.follow("Make an account")
    sign_up(verifier, email)
    if "/invitation/" not in verifier.page.url:
        verifier.go(link)
    if verifier.page.get_by_role("button", name=verifier.say("Accept"), exact=True).count():
        verifier.press("Accept")
    verifier.go("/desk/")
    assert "/account/2fa/" in verifier.page.url
    add_passkey(verifier, OWN_PASSWORD)


def raise_finding(verifier: Person, case: str) -> None:
    """Declare, begin, and raise a finding at a line of the result, on the workbench."""
    verifier.go("/desk/")
    verifier.follow("Verifications")
    verifier.page.locator(f"a[href='{case}']").first.click()
    verifier.press("Declare that there is no conflict of interest")
    verifier.take("review_documents", "Begin.")
    verifier.go(f"{case}workbench/")
    verifier.page.locator("section.pane[aria-labelledby=claim] details[open] a.raise").first.click()
    verifier.page.wait_for_selector("form.raised")
    assert verifier.page.locator("form.raised code").inner_text().startswith("components")
    verifier.page.select_option("form.raised [name=severity]", "major")
    verifier.page.fill("form.raised textarea", "No evidence of the mass.")
    verifier.press("Write finding")
    verifier.take("raise_findings", "One finding.")


def answer_finding(maker: Person, case: str) -> None:
    maker.go("/desk/")
    maker.page.locator(f"a[href='{case}']").first.click()
    maker.page.wait_for_load_state()
    maker.send("form[action$='/findings/1/reply/']", text="Weighing record of 50 pieces attached.")


def give_opinion(verifier: Person, case: str) -> None:
    """Read the answer, close the finding, recompute, and sign with the passkey once more."""
    verifier.go(case)
    assert "Weighing record" in verifier.text()
    verifier.take("review_documents", "Answer read.")
    verifier.page.locator("form[action$='/findings/1/close/'] button").click()
    verifier.go(f"{case}workbench/")
    verifier.press("Recompute from the sealed bundle")
    assert verifier.say(SAME).partition("%")[0] in verifier.text()
    verifier.page.locator("form[action$='/opinion/'] select[name=kind]").first.select_option("unmodified")
    verifier.send("form[action$='/opinion/']", text="Nothing came to our attention.")
    assert "reauthenticate" in verifier.page.url


def confirm_with_passkey(verifier: Person) -> None:
    """The step asks who is there; the passkey answers."""
    assert "/reauthenticate/" in verifier.page.url
    if "/webauthn/" not in verifier.page.url:
        verifier.page.locator("main [href*='/webauthn/reauthenticate/']").first.click()
    verifier.page.click("#mfa_webauthn_reauthenticate")
    verifier.page.wait_for_url(lambda url: "reauthenticate" not in url)


def label_of(officer: Person, case: str) -> str:
    """Issue the label; returns its number."""
    officer.go(case)
    officer.send("form[action$='/register/']", reason="Licence signed.")
    return officer.page.locator("main p.lead code").first.inner_text()


def scan_label(visitor: Person, number: str) -> str:
    """Find the label, look at its picture, and read the code with a camera; returns the path of the page that it leads to."""
    visitor.go("/")
    visitor.page.fill("#q", "TB2.5-PI-GY")
    visitor.page.wait_for_url("**/?q=*")
    visitor.page.locator("#found .labels h3 a").first.click()
    visitor.page.wait_for_url("**/l/**")
    visitor.looks_right()
    assert number in visitor.page.inner_text("body")
    camera = visitor.page.locator("figure.artwork img").first.screenshot()
    (read,) = read_codes(open_picture(camera))
    found = urlsplit(read)
    assert (found.scheme, found.hostname) == ("https", "labels.example.org")
    return found.path


def verified(visitor: Person) -> dict[str, str]:
    """Press the button of the page that checks it; outcome by step, and of all."""
    visitor.page.click("#check button")
    visitor.page.wait_for_selector("#check .result:not(:empty)")
    visitor.page.wait_for_selector("#check button:not([disabled])")
    found = {step: visitor.page.get_attribute(f'[data-step="{step}"] b', "class") or "" for step in STEPS}
    return found | {"all": (visitor.page.get_attribute("#check .result", "class") or "").split()[-1]}


def certificate(visitor: Person, folder: Path) -> Path:
    """Download the certificate."""
    with visitor.page.expect_download() as download:
        visitor.page.locator("a[href$='certificate.pdf']").first.click()
    path = folder / "certificate.pdf"
    download.value.save_as(path)
    return path


def believed(file: Path, home: Home, number: str) -> None:
    """The certificate is believed offline, by itself and with a trust file."""
    trust = ["--trust", str(home.public / "trust.json"), "--public", str(home.public), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "cradlemark", "label", "verify", str(file), *trust],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert number in done.stdout


def suspend(officer: Person, number: str) -> None:
    """Suspend the label, after a look at what everybody will see."""
    officer.go(f"/labels/{number}/")
    officer.page.check("input[name=step][value=suspend]")
    officer.page.fill("textarea[name=reason]", REASON)
    officer.press("Look at what everybody will see")
    seen = officer.page.frame_locator("iframe.preview").locator("main")
    seen.get_by_text(REASON).first.wait_for()
    officer.page.locator("form button.danger").first.click()
    officer.page.wait_for_load_state()


@pytest.mark.slow
def test_label_from_signing_up_to_its_suspension(
    home: Home, person: Callable[[], Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker, verifier, visitor = person(), person(), person()
    begin_company(maker)
    import_bill(maker)
    case = hand_in(maker, complete_study(maker))
    officer = of_the_programme(person(), "officer")
    take_role(
        verifier, invite_verifier(officer, address_of("verifier", verifier)), address_of("verifier", verifier)
    )
    officer.go(case)
    officer.take("accept", "Complete.")
    chosen = officer.page.locator("select[name=verifier] option", has_text=address_of("verifier", verifier))
    officer.page.select_option("select[name=verifier]", chosen.get_attribute("value"))
    officer.send("form[action$='/plan/']", reason="Competent.")
    raise_finding(verifier, case)
    answer_finding(maker, case)
    monkeypatch.setattr(settings, "ACCOUNT_REAUTHENTICATION_TIMEOUT", 2)
    give_opinion(verifier, case)
    confirm_with_passkey(verifier)
    for role, step in {"technical_reviewer": "review", "decision_maker": "grant"}.items():
        other = of_the_programme(person(), role)
        other.go(case)
        other.take(step, "All conditions are met.")
    number = label_of(officer, case)
    scanned = scan_label(visitor, number)
    visitor.go(scanned)
    assert verified(visitor) == HOLDS
    assert visitor.page.inner_text("#check .result") == word("result_holds")[visitor.language]
    believed(certificate(visitor, tmp_path), home, number)
    suspend(officer, number)
    visitor.page.reload()
    assert REASON in visitor.text()
    assert verified(visitor) == HOLDS | {"suspension": "fails", "all": "fails"}
    assert visitor.page.inner_text("#check .result") == word("result_fails")[visitor.language]
    look_into_the_log(visitor, home, number)


def look_into_the_log(visitor: Person, home: Home, number: str) -> None:
    """The log that anybody can read holds the issue and the suspension, in this order, and is whole."""
    visitor.go("/log/")
    assert number in visitor.text()
    trust = read_trust_file((home.public / "trust.json").read_bytes())
    kinds: list[str] = []

    def remember(_index: int, record: bytes) -> Text:
        kinds.append(record.decode())
        return Text()

    found = audit(partial(read_file, home.public / "log"), trust.origin, trust.policy, check_entry=remember)
    assert found.problems == ()
    assert [("issue" if '"issue"' in kind else "state") for kind in kinds if number in kind] == [
        "issue",
        "state",
    ]
