"""What everybody sees: search, compare, statistics, log, check of a label, reports of problems; in both languages, without JavaScript."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cradlemark.registry.home import Home
from tests.portal.conftest import PASSPHRASE
from tests.unit.registry.builders import PRODUCTS, product_claim

LANGUAGES = ("en", "zh-hans")
HAN = re.compile(r"[一-鿿]")


@pytest.fixture
def register(home: Home) -> Home:
    """Four published labels of three holders."""
    from cradlemark.portal.home import now
    from cradlemark.registry.keys.store import signer_of  # noqa: F401 - the keys are there
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.publish import publish_all

    sign = credential_signer(home, passphrase=PASSPHRASE, time=now()).label
    requests = [IssueRequest(f"case {n}", product_claim(n)) for n in range(len(PRODUCTS))]
    issue(requests, mark="DEMO", time=now(), sign=sign)
    publish_all(home, passphrase=PASSPHRASE, time=now())
    return home


def numbers() -> list[str]:
    from cradlemark.registry.labels.models import Label

    return list(Label.objects.order_by("sequence").values_list("number", flat=True))


def page(address: str, *, language: str = "en", status: int = 200, **options: Any) -> str:
    response = Client(headers={"accept-language": language}).get(address, **options)
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def shown(text: str) -> list[str]:
    """Numbers of the labels in the results."""
    return re.findall(r"<code>(DEMO-[0-9A-Z-]+)</code> ·", text)


class Form(HTMLParser):
    """What a browser without JavaScript would send with a form."""

    def __init__(self, text: str, form: str) -> None:
        super().__init__()
        self.form, self.inside, self.fields = form, False, {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("id") == self.form
        if tag == "input" and (self.inside or given.get("form") == self.form):
            self.fields.setdefault(given.get("name"), []).append(given.get("value"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


@pytest.mark.parametrize("language", LANGUAGES)
def test_search_finds_in_both_languages(register: Home, language: str) -> None:
    first, second, *_ = numbers()
    for text in ("端子", "terminal"):
        assert shown(page("/", language=language, data={"q": text})) == [second, first]
    assert shown(page("/", language=language, data={"q": "染色"})) == [numbers()[3]]


def test_facets_work_without_javascript(register: Home) -> None:
    text = page("/?q=term")
    fields = Form(text, "search").fields
    assert set(fields) == {"q", "category", "year", "state"}
    assert "HS 853690" in fields["category"]
    assert shown(page("/", data={"q": "term", "year": "2024"})) == numbers()[:1]
    with_count = re.sub(r"\s+", " ", text)
    assert '<span>HS 853690</span> <span class="count">2</span>' in with_count


def test_saved_link_gives_the_same_page(register: Home) -> None:
    text = page("/", data={"q": "e", "region": ["DE", "VN"], "sort": "lowest"})
    link = re.search(r'href="([^"]+)">Link to this search', text)
    assert link is not None
    assert shown(page(link[1].replace("&amp;", "&"))) == shown(text) == numbers()[2:]


def test_htmx_gets_the_results_and_the_address(register: Home) -> None:
    response = Client().get(
        "/", {"q": " 端子 ", "page": "1", "sort": "newest"}, headers={"HX-Request": "true"}
    )
    text = response.content.decode()
    assert "<html" not in text
    assert shown(text) == numbers()[:2][::-1]
    assert response.headers["HX-Push-Url"] == "/?q=%E7%AB%AF%E5%AD%90"
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_found_says_what_to_try(register: Home, language: str) -> None:
    text = page("/", language=language, data={"q": "zzz"})
    assert '<div class="empty">' in text
    assert ("beginning of a word" in text) == (language == "en")


HOSTILE = ('"', "' OR 1=1 --", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "端" * 5000, "{{ 7|add:7 }}", "%ff",
           "../../etc", "NEAR(", "javascript:alert(1)", "\u202e", "a" * 100_000)  # fmt: skip


def test_hostile_queries_are_only_words(register: Home) -> None:
    for text in HOSTILE:
        for name in ("q", "holder", "region", "sort", "page", "year"):
            found = page("/", data={name: text})
            assert "<script>alert" not in found, text
            assert "<img src=x" not in found, text
            assert "14" not in re.findall(r'value="(\d+)"', found), text
        for address in ("/statistics/", "/statistics/labels-by-region", "/statistics/labels-by-region.svg"):
            assert "<script>alert" not in page(address, data={"q": text, "region": text})
        assert Client().get("/compare/", {"label": [text, "x"]}).status_code in {200, 404}
        assert Client().get("/log/", {"before": text}).status_code == 200
        assert Client().get("/verify/", {"number": text}).status_code in {200, 404, 422}
        assert Client().get("/problem/", {"label": text}).status_code == 200


def test_number_that_was_never_issued_is_called_out(register: Home) -> None:
    from cradlemark.label.number import LabelNumber

    text = page("/", data={"q": str(LabelNumber("DEMO", 77))})
    assert "was never issued by this programme" in text
    assert "forgery" in text
    assert "another programme" in page("/", data={"q": str(LabelNumber("OTHER", 1))})


def test_near_miss_names_the_label_that_is_meant(register: Home) -> None:
    number = numbers()[1]
    for place in range(5, len(number)):
        if number[place] == "-":
            continue
        wrong = number[:place] + ("7" if number[place] != "7" else "8") + number[place + 1 :]
        text = page("/", data={"q": wrong})
        assert "cannot be a number of a label" in text, wrong
        assert f"<code>{number}</code></a>" in text, wrong
    assert f"Label {number} is in the register" in page("/", data={"q": number.lower()})


def test_compare_shows_what_can_be_compared(home: Home) -> None:
    import attrs

    from cradlemark.portal.home import now
    from cradlemark.registry.labels.issue import IssueRequest, issue

    def other(**basis: str) -> Callable[[Any], Any]:
        def claim(number: Any) -> Any:
            made = product_claim(0)(number)
            return attrs.evolve(made, basis=attrs.evolve(made.basis, **basis))

        return claim

    made = [product_claim(0), other(), other(gwp_set="AR5"), product_claim(2)]
    issue(
        [IssueRequest(f"k{n}", one) for n, one in enumerate(made)],
        mark="DEMO",
        time=now(),
        sign=lambda _c, i: f"c{i}",
    )
    same, twin, old, housing = numbers()
    text = page("/compare/", data={"label": [same, twin]})
    assert "can be held against each other" in text
    assert "<rect" in text
    text = page("/compare/", data={"label": [same, old]})
    assert "Only with reservations" in text
    assert "GWP set: AR6 against AR5" in text
    assert "<rect" not in text
    text = page("/compare/", data={"label": [same, housing]})
    assert "cannot be compared" in text
    assert "HS 853690" in text
    assert "0.05 kg CO₂e" not in text
    assert "4.2 kg CO₂e" not in text
    offered = page("/compare/", data={"label": same})
    assert f"label={twin}" in offered
    assert f"label={old}" not in offered
    assert Client().get("/compare/", {"label": "DEMO-999999-99"}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["labels-by-year", "labels-by-category", "labels-by-region", "labels-by-state"]
)
def test_chart_has_its_files_at_its_address(register: Home, name: str, language: str) -> None:
    address = f"/statistics/{name}"
    text = page(address, language=language)
    assert 'role="img"' in text
    assert text.count("<tr>") > 1
    client = Client(headers={"accept-language": language})
    rows = list(csv.reader(io.StringIO(client.get(f"{address}.csv").content.decode("utf-8-sig"))))
    metadata = client.get(f"{address}.metadata.json").json()
    assert [column["titleLong"] for column in metadata["columns"].values()] == rows[0]
    short = client.get(f"{address}.csv?useColumnShortNames=true").content.decode("utf-8-sig").splitlines()[0]
    assert short.split(",") == list(metadata["columns"])
    assert bool(HAN.search("".join(rows[0]))) == (language != "en")
    assert sum(int(row[2]) for row in rows[1:]) == (5 if name == "labels-by-category" else 4)
    assert client.get(f"{address}.svg").content.startswith(b"<svg")
    assert client.get(f"{address}.png").content.startswith(b"\x89PNG")
    assert client.get(f"{address}.exe").status_code == 404


def test_chart_counts_only_what_was_searched(register: Home) -> None:
    address = "/statistics/labels-by-region"
    filtered = Client().get(f"{address}.csv?q=terminal").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in filtered[1:]] == ["CN-ZJ"]
    full = Client().get(f"{address}.csv?q=terminal&csvType=full").content.decode("utf-8-sig").splitlines()
    assert len(full) == 4
    assert (
        "q=terminal"
        in Client().get(f"{address}.metadata.json?q=terminal").json()["chart"]["originalChartUrl"]
    )


def test_spreadsheets_get_no_formulas() -> None:
    from cradlemark.footprint.report.scene import Scene
    from cradlemark.portal.public.chart_files import to_csv
    from cradlemark.portal.public.charts import Chart, Column

    rows = tuple((text, -1.5) for text in ("=1+1", "+1", "-1", "@x", "\tx", "plain"))
    chart = Chart("x", "x", "", (Column("a", "A"), Column("b", "B", "kg")), rows, Scene(1, 1, "", "", ()), "")
    read = list(csv.reader(io.StringIO(to_csv(chart, short_names=False).decode("utf-8-sig"))))
    assert read[0] == ["A", "B [kg]"]
    assert [row[0][0] for row in read[1:]] == ["'"] * 5 + ["p"]
    assert {row[1] for row in read[1:]} == {"-1.5"}


def test_distribution_is_shown_only_with_enough_holders(home: Home) -> None:
    import attrs

    from cradlemark.core.language import Text
    from cradlemark.portal.home import home as served
    from cradlemark.portal.home import now
    from cradlemark.registry.labels.issue import IssueRequest, issue

    rule = served().programme.grade
    assert rule is not None
    least, holders = int(rule.least.value), int(rule.anonymity.value)

    def of(holder: int, figure: float) -> Callable[[Any], Any]:
        def claim(number: Any) -> Any:
            made = product_claim(3)(number)
            gate = attrs.evolve(made.values.gate, figure=figure)
            return attrs.evolve(
                made, holder=attrs.evolve(made.holder, name=Text(f"Holder {holder}")),
                product=attrs.evolve(made.product, models=(f"M-{figure}",)),
                values=attrs.evolve(made.values, gate=gate),
            )  # fmt: skip

        return claim

    def add(first: int, count: int, of_holders: int) -> None:
        requests = [
            IssueRequest(f"k{n}", of(n % of_holders, 1.0 + n / 100)) for n in range(first, first + count)
        ]
        issue(requests, mark="DEMO", time=now(), sign=lambda _c, i: f"c{i}")

    add(0, least, holders - 1)
    (address,) = set(re.findall(r"/statistics/distribution-cc-[0-9a-f]+", page("/statistics/")))
    text = page(address)
    assert "too few products or holders" in text
    assert "<rect" not in text
    add(least, holders * 2, holders)
    text = page(address)
    assert "too few" not in text
    rows = list(csv.reader(io.StringIO(Client().get(f"{address}.csv").content.decode("utf-8-sig"))))
    shown_figures = {float(row[1]) for row in rows[1:]}
    assert shown_figures
    assert not shown_figures & {1.0 + n / 100 for n in range(least + holders * 2)}
    assert Client().get("/statistics/distribution-cc-0000000000000000").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_log_page_shows_the_published_checkpoint(register: Home, language: str) -> None:
    from cradlemark.registry.log.models import Entry

    text = page("/log/", language=language)
    note = (register.public / "log" / "checkpoint").read_text()
    assert note.splitlines()[2] in text.replace("&#x27;", "'")
    assert f"<strong>{Entry.objects.count()}</strong>" in text
    for number in numbers():
        assert f"<code>{number}</code></a>" in text
    assert "DEMO" not in page("/log/?before=1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_number_is_checked_on_the_server(register: Home, language: str) -> None:
    text = page("/verify/", language=language, data={"number": numbers()[3]})
    assert ("Believed: everything that was checked holds" in text) == (language == "en")
    assert text.count('class="holds"') >= 4
    assert 'class="fails"' not in text


def sent(content: bytes, name: str, **fields: str) -> Any:
    file = io.BytesIO(content)
    file.name = name
    return Client(headers={"accept-language": "en"}).post("/verify/", {"file": file, **fields})


def test_files_are_checked_on_the_server(register: Home) -> None:
    from cradlemark.registry.publication.label_files import folder_of

    folder = register.public / folder_of(numbers()[3])
    claim = (folder / "claim.json").read_bytes()
    good = sent(claim, "claim.json", number=numbers()[3])
    assert "Believed" in good.content.decode()
    alone = sent((folder / "credential.jwt").read_bytes(), "credential.jwt")
    assert "Believed" in alone.content.decode()
    assert 'class="not_checked"' in alone.content.decode()
    bad = sent(claim.replace(b"cotton", b"Cotton"), "claim.json", number=numbers()[3])
    assert "Not believed" in bad.content.decode()
    other = sent(claim, "claim.json", number=numbers()[1])
    assert "Not believed" in other.content.decode()


def test_file_of_another_kind_is_refused_with_the_reason(register: Home) -> None:
    for content, name in (
        (b"\x89PNG\r\n\x1a\nbroken", "x.png"),
        (b"PK\x03\x04broken", "x.cradle"),
        (b"%PDF-1.7 broken", "x.pdf"),
    ):
        response = sent(content, name)
        text = response.content.decode()
        assert response.status_code in {200, 422}, (name, text)
        assert "Believed" not in text, name
        assert "Traceback" not in text


def test_too_large_file_is_refused(register: Home) -> None:
    assert sent(b"{" + b" " * 25_000_001, "claim.json").status_code == 413


def test_check_runs_without_what_the_server_knows(register: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    from cradlemark.portal.public import checking

    seen: list[dict[str, Any]] = []
    real = subprocess.run

    def watched(command: list[str], **options: Any) -> Any:
        seen.append(options)
        return real(command, **options)

    monkeypatch.setattr(checking.subprocess, "run", watched)
    page("/verify/", data={"number": numbers()[0]})
    assert PASSPHRASE not in json.dumps(seen[0]["env"])
    assert not {name for name in seen[0]["env"] if "SECRET" in name or "DATABASE" in name}


def test_checking_process_gets_no_more_than_its_limits(tmp_path: Path) -> None:
    import subprocess
    import sys

    from cradlemark.portal.public.checking import _LIMITED, MEMORY, SECONDS

    limits = (
        _LIMITED.rpartition("\n")[0]
        + "\nprint(r.getrlimit(r.RLIMIT_AS), r.getrlimit(r.RLIMIT_CPU))\nx = bytearray(2 << 30)"
    )
    run = subprocess.run([sys.executable, "-I", "-c", limits], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == f"({MEMORY}, {MEMORY}) ({SECONDS}, {SECONDS})"
    assert "MemoryError" in run.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_problem_gets_a_ticket_with_a_public_outcome(register: Home, signed_in: Any, language: str) -> None:
    from cradlemark.core.language import Text
    from cradlemark.portal.home import now
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.complaints.handle import close
    from cradlemark.registry.complaints.models import Complaint
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import Membership

    visitor = Client(headers={"accept-language": language})
    number = numbers()[0]
    form = visitor.get("/problem/", {"label": number}).content.decode()
    assert f'value="{number}"' in form
    key = re.search(r'name="key" value="([0-9a-f]+)"', form)
    assert key is not None
    given = {
        "key": key[1],
        "number": number,
        "kind": "misuse",
        "text": "On another <b>product</b>.",
        "contact": "me@example.org",
    }
    address = visitor.post("/problem/", given).headers["Location"]
    assert visitor.post("/problem/", given).headers["Location"] == address
    complaint = Complaint.objects.get()
    assert complaint.label_id == number
    text = visitor.get(address).content.decode()
    assert "On another" not in text
    assert "me@example.org" not in text
    assert ("Being looked at" in text) == (language == "en")
    user = Membership.objects.select_related("user").filter(role="officer")[0].user
    close(
        complaint.ticket,
        outcome="upheld",
        explanation=Text("Taken off the shelves.", "已下架。"),
        by=actor(user, "officer"),
        time=now(),
    )
    told = visitor.get(address.lower()).content.decode()
    assert ("Taken off the shelves." if language == "en" else "已下架。") in told
    tags = list(Event.objects.filter(subject=complaint.ticket).values_list("tag", flat=True))
    assert tags == ["public:complaint:report", "register:complaint:close"]


def test_incomplete_report_keeps_what_was_typed(register: Home) -> None:
    response = Client(headers={"accept-language": "en"}).post(
        "/problem/", {"key": "k", "number": "X-1", "text": "", "contact": "me"}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert text.count("<li>") >= 2
    assert 'value="X-1"' in text
    assert 'value="me"' in text


def test_flood_of_reports_is_stopped_for_its_sender_only(
    register: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    from cradlemark.registry.complaints.models import Complaint

    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 1)
    from cradlemark.registry.complaints.report import PER_HOUR

    def post(n: int, address: str) -> Any:
        given = {"key": f"k{n}", "kind": "other", "text": "Something."}
        return Client().post(
            "/problem/", given, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=f"8.8.8.8, {address}"
        )

    statuses = [post(n, "203.0.113.5").status_code for n in range(PER_HOUR + 1)]
    assert statuses == [302] * PER_HOUR + [429]
    refused = post(98, "203.0.113.5")
    assert int(refused.headers["Retry-After"]) > 0
    assert "Something." in refused.content.decode()
    assert post(99, "203.0.113.6").status_code == 302
    assert "203.0.113" not in " ".join(Complaint.objects.values_list("sender", flat=True))


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "8.8.8.8, 198.51.100.7", "10.0.0.1"),
        (1, "8.8.8.8, 198.51.100.7", "198.51.100.7"),
        (2, "8.8.4.4, 8.8.8.8, 198.51.100.7", "8.8.8.8"),
        (1, "", "10.0.0.1"),
    ],
)
def test_limits_believe_only_as_many_proxies_as_there_are(
    proxies: int, told: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings
    from django.test import RequestFactory

    from cradlemark.portal.api.limits import Throttle

    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", proxies)
    asked = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=told)
    assert Throttle()._who(asked) == f"address {address}"


def test_every_limit_counts_the_stated_proxies() -> None:
    from django.conf import settings

    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == settings.PROXIES == 0


def test_data_page_lists_what_is_there(register: Home) -> None:
    (register.public / "data").mkdir(exist_ok=True)
    (register.public / "data" / "labels.csv").write_text("number\n")
    text = page("/data/")
    for path in ("data/labels.csv", "trust.json", "log/checkpoint"):
        assert f'href="/{path}"' in text
        assert b"".join(Client().get(f"/{path}").streaming_content)  # type: ignore[attr-defined]


PAGES = (
    "/",
    "/?q=端子",
    "/?q=zzz",
    "/compare/",
    "/statistics/",
    "/statistics/labels-by-year",
    "/log/",
    "/verify/",
    "/problem/",
    "/data/",
)


@pytest.mark.parametrize("address", PAGES)
def test_page_speaks_the_language_of_the_reader(register: Home, address: str) -> None:
    english, chinese = page(address, language="en"), page(address, language="zh-hans")
    own = re.sub(r'<form class="language".*?</form>', "", chinese, flags=re.DOTALL)
    assert '<html lang="zh-Hans">' in chinese
    heading = re.search(r"<h1>(.*?)</h1>", own, re.DOTALL)
    assert heading is not None
    assert HAN.search(heading[1])
    heading = re.search(r"<h1>(.*?)</h1>", english, re.DOTALL)
    assert heading is not None
    assert not HAN.search(heading[1])


@pytest.mark.parametrize("address", PAGES)
def test_page_needs_no_inline_script_or_style(register: Home, address: str) -> None:
    text = page(address)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!testserver/)', text)
