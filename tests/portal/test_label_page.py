"""The page of a label in a real browser: readable by everyone, asking nobody else, and checking what it shows."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs
import pytest

from cradlemark.core.language import LANGUAGES
from cradlemark.label.credential import label_address
from cradlemark.label.number import LabelNumber, check_characters
from cradlemark.label.page.render import STEPS
from cradlemark.label.page.wording import word
from cradlemark.trust.notes import WITNESS_KEY, cosign, key_of, read_note
from cradlemark.trust.signers import KeySigner, new_key
from tests.portal.label_register import PREFIX, make_register
from tests.portal.static_server import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

VIEWED = ("rich", "partial", "suspended", "withdrawn")
"""Labels whose pages differ most."""
WIDTHS, SCHEMES = (320, 1280), ("light", "dark")
TIME = "2027-05-01T12:00:00Z"
FLIPS = 40
"""Random bits that are turned in each file."""


@attrs.frozen
class Register:
    """Where the public folder of a programme is served, with its labels by name, and reports of broken rules."""

    address: str
    numbers: dict[str, str]
    reports: list[bytes]
    public: Path

    def folder(self, name: str) -> Path:
        """Folder of a label."""
        return self.public / label_address("", self.numbers[name])[1:]

    def page(self, name: str, file: str = "") -> str:
        """Address of a page of a label."""
        return f"{label_address(self.address[:-1], self.numbers[name])}/{file}"


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    from django.db import connections

    home, numbers = make_register(tmp_path_factory.mktemp("register") / "home")
    connections.close_all()
    with serving(home.public, prefix=PREFIX) as (address, reports):
        yield Register(address, numbers, reports, home.public)


class Visit:
    """One page in a browser of its own; what it asks for and complains about is kept."""

    def __init__(self, page: Page, register: Register) -> None:
        self.page, self.register = page, register
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type in ("error", "warning") else None,
        )

    def check(self) -> dict[str, str]:
        """Press the button; outcome by step, and of all."""
        self.page.click("#check button")
        self.page.wait_for_selector("#check .result:not(:empty)")
        self.page.wait_for_selector("#check button:not([disabled])")
        found = {step: self.page.get_attribute(f'[data-step="{step}"] b', "class") or "" for step in STEPS}
        return found | {"all": (self.page.get_attribute("#check .result", "class") or "").split()[-1]}

    def external(self) -> list[str]:
        """Requests that went elsewhere."""
        return [url for url in self.requests if not url.startswith(self.register.address)]


@contextmanager
def visit(browser: Browser, register: Register, address: str, **options: Any) -> Iterator[Visit]:
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        page.clock.install(time=TIME)
        page.clock.resume()
        made = Visit(page, register)
        page.goto(address)
        yield made
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and good practice."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(
        page, options={"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


# ---- for everyone -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_can_be_used_by_everyone(
    browser: Browser, register: Register, language: str, width: int, scheme: str
) -> None:
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    for name in VIEWED:
        with visit(browser, register, register.page(name, f"{language}.html"), **options) as seen:
            seen.check()
            assert violations(seen.page) == [], name
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert seen.external() == []
            assert seen.complaints == [], name
    assert register.reports == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_page_for_unknown_numbers_can_be_used_by_everyone(
    browser: Browser, register: Register, width: int, scheme: str
) -> None:
    address = f"{label_address(register.address[:-1], str(LabelNumber('DEMO', 999)))}/"
    with visit(
        browser, register, address, viewport={"width": width, "height": 800}, color_scheme=scheme
    ) as seen:
        assert violations(seen.page) == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.external() == []
        assert len(seen.complaints) == 1  # that the answer was 404
    assert register.reports == []


def test_rules_of_the_page_are_reported_when_broken(browser: Browser, register: Register) -> None:
    """The check above can fail."""
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        seen.page.evaluate("document.body.setAttribute('style', 'color: red')")
        seen.page.evaluate(
            "document.body.append(Object.assign(new Image(), {src: 'https://other.example/x.png'}))"
        )
        seen.page.evaluate("document.querySelector('main').innerHTML += '<img src=\"icon.png\">'")
        seen.page.wait_for_timeout(300)
        assert any("Content Security Policy" in line for line in seen.complaints)
        assert "image-alt" in violations(seen.page)[0]
    assert register.reports
    register.reports.clear()


def test_index_is_a_page_with_a_visible_switch(browser: Browser, register: Register) -> None:
    with visit(browser, register, register.page("plain")) as seen:
        assert seen.page.get_attribute("html", "lang") == "en"
        seen.page.click("nav >> text=中文")
        seen.page.wait_for_selector("html[lang=zh-Hans]")
        assert seen.page.url.endswith("/zh.html")


def test_everything_can_be_read_without_javascript(browser: Browser, register: Register) -> None:
    with visit(browser, register, register.page("rich", "zh.html"), java_script_enabled=False) as seen:
        assert seen.page.is_visible("text=51.5")
        assert not seen.page.is_visible("#check button")
        assert seen.page.is_visible(f"text={word('check_script').zh}")
        assert [urlsplit(url).path.rpartition(".")[2] for url in seen.requests] == [
            "html",
            "css",
            "css",
            "svg",
        ] or ("js" not in {urlsplit(url).path.rpartition(".")[2] for url in seen.requests})


def test_page_is_worked_by_keyboard_alone(browser: Browser, register: Register) -> None:
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        focused = "document.activeElement.className + ' ' + document.activeElement.tagName"
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate(focused) == "skip A"
        seen.page.keyboard.press("Enter")
        for _ in range(30):
            seen.page.keyboard.press("Tab")
            if seen.page.evaluate(focused) == "button BUTTON":
                break
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector("#check .result.holds")
        assert seen.page.evaluate(focused) == "button BUTTON"


def test_hostile_names_run_nothing(browser: Browser, register: Register) -> None:
    with visit(browser, register, register.page("hostile", "en.html")) as seen:
        seen.page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
        seen.page.wait_for_timeout(300)
        assert seen.complaints == []
        assert "<script>alert(1)</script>" in seen.page.inner_text("h1")
        assert seen.page.evaluate("document.scripts.length") == 1


def test_printed_page_is_light_and_leaves_out_what_paper_cannot_do(
    browser: Browser, register: Register
) -> None:
    with visit(browser, register, register.page("rich", "en.html"), color_scheme="dark") as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not seen.page.is_visible("#check button")
        assert not seen.page.is_visible("nav")
        assert seen.page.is_visible("text=example.org/labels/l/")
        assert seen.page.pdf(format="A4").startswith(b"%PDF")


# ---- verified in the browser ------------------------------------------------------------------------------------------------

HOLDS = dict.fromkeys(STEPS, "holds") | {"witnesses": "optional", "all": "holds"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["plain", "partial", "hostile", "watched", "rich"])
def test_valid_label_is_verified(browser: Browser, register: Register, name: str, language: str) -> None:
    with visit(browser, register, register.page(name, f"{language}.html")) as seen:
        assert seen.check() == HOLDS
        assert seen.page.inner_text("#check .result") == word("result_holds")[language]  # type: ignore[index]
        assert seen.check() == HOLDS


@pytest.mark.parametrize(
    ("name", "broken"),
    [("suspended", {"suspension"}), ("revoked", {"suspension", "revocation"}), ("withdrawn", {"suspension", "revocation"}),
     ("superseded", {"suspension", "revocation"})],
)  # fmt: skip
def test_status_lists_speak_against_labels_that_are_not_valid(
    browser: Browser, register: Register, name: str, broken: set[str]
) -> None:
    with visit(browser, register, register.page(name, "en.html")) as seen:
        assert seen.check() == HOLDS | dict.fromkeys((*broken, "all"), "fails")
        assert seen.page.inner_text("#check .result") == word("result_fails").en


def served(seen: Visit, pattern: str, content: bytes) -> None:
    """Let the server answer with another content from now on."""

    def answer(route: Route) -> None:
        route.fulfill(body=content, content_type="text/plain")

    seen.page.route(re.compile(pattern), answer)


def turned(content: bytes, source: random.Random, *, within: tuple[int, int] | None = None) -> bytes:
    """A content with one bit turned."""
    place, bit = source.randrange(*(within or (0, len(content)))), source.randrange(8)
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def parts_of(register: Register) -> dict[str, tuple[str, bytes, tuple[int, int] | None]]:
    """Files that are tampered with: what is asked for, its content, and where a bit is turned."""
    folder = register.folder("plain")
    proof = (folder / "label.tlog-proof").read_bytes()
    gap = proof.index(b"\n\n")
    return {
        "claim": (r"/claim\.json$", (folder / "claim.json").read_bytes(), None),
        "credential": (r"/credential\.jwt$", (folder / "credential.jwt").read_bytes(), None),
        "entry": (r"/entry\.json$", (folder / "entry.json").read_bytes(), None),
        "proof": (r"/label\.tlog-proof$", proof, (0, gap)),
        "checkpoint": (r"/label\.tlog-proof$", proof, (gap + 2, len(proof))),
        "suspension": (
            r"/suspension-0\.jwt$",
            (register.public / "status" / "suspension-0.jwt").read_bytes(),
            None,
        ),
        "revocation": (
            r"/revocation-0\.jwt$",
            (register.public / "status" / "revocation-0.jwt").read_bytes(),
            None,
        ),
    }


EXPECTED = {
    "claim": {"claim", "entry"}, "credential": {"signature"}, "entry": {"inclusion"}, "proof": {"inclusion"},
    "checkpoint": {"checkpoint"}, "suspension": {"suspension"}, "revocation": {"revocation"},
}  # fmt: skip


@pytest.mark.parametrize("part", list(EXPECTED))
def test_every_turned_bit_is_found(browser: Browser, register: Register, part: str) -> None:
    source = random.Random(part)
    pattern, content, within = parts_of(register)[part]
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        for _ in range(FLIPS):
            changed = turned(content, source, within=within)
            served(seen, pattern, changed)
            found = seen.check()
            assert found["all"] == "fails", changed
            assert EXPECTED[part] & {step for step, outcome in found.items() if outcome == "fails"}, (
                changed,
                found,
            )
            seen.page.unroute_all()
        assert seen.check() == HOLDS


def test_files_of_another_label_are_refused(browser: Browser, register: Register) -> None:
    other = register.folder("partial")
    for names, broken in (
        (("claim.json",), {"page", "claim", "entry"}),
        (("credential.jwt",), {"claim"}),
        (("entry.json", "label.tlog-proof"), {"entry"}),
        (("claim.json", "credential.jwt", "entry.json", "label.tlog-proof"), {"page", "claim", "entry"}),
    ):
        with visit(browser, register, register.page("plain", "en.html")) as seen:
            for name in names:
                served(seen, rf"/{re.escape(name)}$", (other / name).read_bytes())
            assert {step for step, outcome in seen.check().items() if outcome == "fails"} - {"all"} == broken


OTHER = "did:web:example.org:labels#credential-2"
KEY_CHANGES: dict[str, tuple[str, dict[str, Any], str]] = {
    "another key vouches": ("did.json", {"assertionMethod": [OTHER]}, "signature"),
    "no key vouches": ("did.json", {"assertionMethod": []}, "signature"),
    "document of somebody else": ("did.json", {"id": "did:web:example.org"}, "signature"),
    "key was lost": ("did.json", {"verificationMethod": {"revoked": "2026-12-01T00:00:00Z"}}, "signature"),
    "another point": ("did.json", {"verificationMethod": {"publicKeyJwk": {"x": "A" * 43}}}, "signature"),
    "not in the key set": ("jwks.json", {"keys": {"kid": OTHER}}, "signature"),
    "not in use yet": ("jwks.json", {"keys": {"nbf": 1_900_000_000}}, "signature"),
    "not in use any more": ("jwks.json", {"keys": {"exp": 1_700_000_000}}, "signature"),
    "no log key": ("trust.json", {"keys": {"purpose": "lob"}}, "checkpoint"),
    "log key was lost": ("trust.json", {"keys": {"compromised": True}}, "checkpoint"),
    "log key was replaced before": ("trust.json", {"keys": {"last_size": 1}}, "checkpoint"),
    "log key began later": ("trust.json", {"keys": {"first_size": 10_000}}, "checkpoint"),
    "log of somebody else": ("trust.json", {"origin": "example.org"}, "checkpoint"),
}


def altered(document: Any, change: Any) -> Any:
    """A document with some fields changed; in a list, those of each member."""
    if isinstance(change, dict) and isinstance(document, list):
        return [altered(one, change) for one in document]
    if isinstance(change, dict):
        return document | {name: altered(document.get(name), value) for name, value in change.items()}
    return change


@pytest.mark.parametrize("case", list(KEY_CHANGES))
def test_keys_that_do_not_vouch_are_not_believed(browser: Browser, register: Register, case: str) -> None:
    name, change, broken = KEY_CHANGES[case]
    document = json.loads((register.public / name).read_bytes())
    assert altered(document, change) != document
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        served(seen, rf"/{re.escape(name)}$", json.dumps(altered(document, change)).encode())
        assert seen.check()[broken] == "fails"


def test_second_way_to_write_the_same_bytes_is_refused(browser: Browser, register: Register) -> None:
    """The last character of base64 has bits that mean nothing; turned, they would go unseen."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    proof, credential = (parts_of(register)[part][1].decode() for part in ("proof", "credential"))
    line = proof.split("\n")[2]
    assert line.endswith("=")
    twin = line[:-2] + alphabet[alphabet.index(line[-2]) + 1] + "="
    last = alphabet.index(credential[-1].replace("-", "+").replace("_", "/"))
    for step, pattern, content in (
        ("inclusion", r"/label\.tlog-proof$", proof.replace(line, twin)),
        ("signature", r"/credential\.jwt$", credential[:-1] + alphabet[last + 1]),
    ):
        with visit(browser, register, register.page("plain", "en.html")) as seen:
            served(seen, pattern, content.encode())
            assert seen.check()[step] == "fails"


@pytest.mark.parametrize(
    ("quorum", "changed", "outcome"), [("1", False, "holds"), ("2", False, "fails"), ("1", True, "fails")]
)
def test_witnesses_are_checked_when_the_programme_asks_for_them(
    browser: Browser, register: Register, quorum: str, changed: bool, outcome: str
) -> None:
    proof = parts_of(register)["proof"][1]
    text = read_note(proof[proof.index(b"\n\n") + 2 :]).text
    signers = {name: KeySigner(new_key("ed25519")) for name in ("one.example", "two.example")}
    line = cosign(
        text.replace("\n", "\nmore\n", 1) if changed else text,
        "one.example",
        signers["one.example"],
        time=1_800_000_000,
    )
    trust = json.loads((register.public / "trust.json").read_bytes())
    trust["quorum"] = quorum
    trust["witnesses"] = {
        name: {"vkey": str(key_of(name, signer, kind=WITNESS_KEY)), "address": ""}
        for name, signer in signers.items()
    }
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        served(seen, r"/label\.tlog-proof$", proof + str(line).encode())
        served(seen, r"/trust\.json$", json.dumps(trust).encode())
        found = seen.check()
        assert (found["witnesses"], found["checkpoint"], found["all"]) == (outcome, "holds", outcome)


def test_page_that_shows_another_figure_is_found(browser: Browser, register: Register) -> None:
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        seen.page.evaluate("document.querySelector('.amount strong').textContent = '15.5'")
        assert seen.check() == HOLDS | {"page": "fails", "all": "fails"}
        assert "values.life_cycle.stated" in seen.page.inner_text('[data-step="page"]')


def test_time_outside_of_validity_is_found(browser: Browser, register: Register) -> None:
    for time in ("2026-11-20T00:00:00Z", "2028-11-29T00:00:00Z"):
        with visit(browser, register, register.page("plain", "en.html")) as seen:
            seen.page.clock.set_fixed_time(time)
            assert seen.check() == HOLDS | {"period": "fails", "all": "fails"}


def test_missing_file_is_not_taken_for_a_good_one(browser: Browser, register: Register) -> None:
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        seen.page.route(re.compile(r"/label\.tlog-proof$"), lambda route: route.abort())
        found = seen.check()
        assert {found["inclusion"], found["checkpoint"]} == {"open"}
        assert found["all"] == "partly"


NO_ED25519 = """
const real = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (form, key, kind, ...rest) {
  if (kind.name === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
  return real.call(this, form, key, kind, ...rest);
};
"""
LESS = {
    "ed25519": (NO_ED25519, {"checkpoint"}),
    "gzip": ("delete window.DecompressionStream", {"suspension", "revocation"}),
    "secure": ("Object.defineProperty(crypto, 'subtle', {value: undefined})", set(STEPS)),
}


@pytest.mark.parametrize("lacking", list(LESS))
def test_browser_that_cannot_check_says_so(browser: Browser, register: Register, lacking: str) -> None:
    script, unable = LESS[lacking]
    with visit(browser, register, register.page("plain", "en.html")) as seen:
        seen.page.add_init_script(script)
        seen.page.reload()
        found = seen.check()
        assert {step for step, outcome in found.items() if outcome == "open"} == unable
        assert found["all"] == "partly"
        assert word(f"why_{lacking}").en in seen.page.inner_text(".steps")


# ---- numbers that were not issued -------------------------------------------------------------------------------------------


def code_of(number: str) -> str:
    """A number as it stands in an address."""
    return label_address("", number).rpartition("/")[2]


def finding(browser: Browser, register: Register, code: str) -> str:
    with visit(browser, register, f"{register.address}l/{code}") as seen:
        return seen.page.inner_text(".lost:lang(en)")


def test_numbers_that_were_not_issued_are_told_apart(browser: Browser, register: Register) -> None:
    source = random.Random(3)
    for _ in range(3):
        code = code_of(str(LabelNumber("DEMO", source.randrange(1000, 10**9))))
        assert word("lost_issued", code=code).en in finding(browser, register, code.lower())
        wrong = code[:-1] + source.choice([one for one in "0123456789ABCXYZ" if one != code[-1]])
        assert word("lost_check", code=wrong).en in finding(browser, register, wrong)
    other = code_of(str(LabelNumber("ACME", 7)))
    assert word("lost_other", code=other, mark="DEMO").en in finding(browser, register, other)


def test_letters_that_look_like_digits_lead_to_the_label(browser: Browser, register: Register) -> None:
    code = code_of(register.numbers["plain"])
    typed = code[:4] + code[4:-2].replace("0", "O") + code[-2:]
    assert check_characters(typed[:-2].replace("-", "")) != typed[-2:]
    with visit(browser, register, f"{register.address}l/{typed}") as seen:
        seen.page.click(f".lost:lang(zh) >> text={code}")
        seen.page.wait_for_selector("#check")
        assert seen.page.url == register.page("plain")
