"""Reductions and grades from the command line: granted by evidence, refused with a reason, recomputed by whoever has the bundles."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner, Result
from tests.unit.label.builders import VERIFICATION
from tests.unit.label.bundles import EARLIER, other_holder, sealed

from cradlemark.cli.label import label
from cradlemark.cli.log import log
from cradlemark.core.canonical import digest_file
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, read_claim, stated
from cradlemark.label.granting import grant
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme_reader import load_programme
from cradlemark.trust.audit import audit

NOW = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
STATEMENT = f"""[verification]
verifier = {{ en = "Example verification body", zh = "示例核查机构" }}
id = "example-body"
assurance = "limited"
materiality = 0.05
opinion = "unmodified"
statement = "sha256:{"2" * 64}"
date = 2026-11-20
"""
BEFORE, NOW_LABEL = "DEMO-000000-GK", "DEMO-000001-FV"
GRADED = LabelNumber("DEMO", 14)
"""After the footprint label of 2024, those of twelve makers, and that of today."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(label, [str(argument) for argument in arguments])


def refusal(*arguments: object) -> str:
    done = run(*arguments)
    assert done.exit_code != 0, done.output
    return f"{getattr(done.exception, 'code', '')}: {done.exception}"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Bundles, statement, and a programme home with the footprint label of 2024."""
    folder = tmp_path_factory.mktemp("kinds")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings().items():
            patch.setenv(name, value)
        (folder / "statement.toml").write_text(STATEMENT, encoding="utf-8")
        (folder / "before.cradle").write_bytes(bytes(sealed(EARLIER)))
        (folder / "now.cradle").write_bytes(bytes(sealed()))
        CliRunner().invoke(log, ["init", str(folder / "home"), "--origin", "labels.example.org"])
        assert issued(folder / "home", "before", "f1").exit_code == 0
    yield folder
    closed()


def settings() -> dict[str, str]:
    return {
        "CRADLEMARK_PASSPHRASE": "several words in a row",
        "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())),
    }


def closed() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture
def home(started: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, value in settings().items():
        monkeypatch.setenv(name, value)
    closed()
    shutil.copytree(started, tmp_path, dirs_exist_ok=True)
    yield tmp_path / "home"
    closed()


def issued(home: Path, bundle: str, case: str, *more: object) -> Result:
    statement = () if "--verification" in more else ("--verification", home.parent / "statement.toml")
    return run("issue", home, home.parent / f"{bundle}.cradle", *statement, "--case", case, *more)


def reduced(home: Path, *more: object, case: str = "r1") -> Result:
    return issued(
        home, "now", case, "--kind", "reduction", "--baseline", home.parent / "before.cradle", *more
    )


def claim_of(home: Path, code: str = NOW_LABEL) -> Claim:
    return read_claim((home / "public" / "l" / code / "claim.json").read_bytes())


def findings(home: Path, code: str, *more: object, file: str = "credential.jwt") -> dict[str, str]:
    done = run(
        "verify",
        home / "public" / "l" / code / file,
        "--trust",
        home / "public" / "trust.json",
        "--json",
        *more,
    )
    return {
        found["id"]: f"{found['outcome']}: {found['detail']['en']}"
        for found in json.loads(done.output)["findings"]
    }


def both(home: Path) -> tuple[object, ...]:
    return "--bundle", home.parent / "now.cradle", "--baseline", home.parent / "before.cradle"


class TestReductions:
    def test_the_label_of_the_register_is_the_baseline(self, home: Path) -> None:
        done = reduced(home)
        assert done.exit_code == 0, done.output
        assert "reduction of 5.01 % against DEMO-000000-GK (data of 2024)" in done.output
        found = claim_of(home).reduction
        assert found is not None
        earlier = claim_of(home, BEFORE)
        assert (found.baseline, found.baseline_digest, found.baseline_bundle) == (
            earlier.number, earlier.digest, sealed(EARLIER).digest,
        )  # fmt: skip
        status = json.loads(run("status", home, "DEMO-000001-FV", "--json").output)
        assert status["kind"] == "reduction"
        assert "减排 5.01 %" in run("status", home, "DEMO-000001-FV", "--lang", "zh").output

    def test_whoever_has_both_bundles_gets_the_same_digits(self, home: Path) -> None:
        reduced(home)
        found = findings(home, NOW_LABEL, *both(home))
        assert found["reduction"].startswith(
            "holds: recomputed to the last digit: 5.01 % of 0.156283 kg CO2e"
        )
        assert found["rule"].startswith("holds: Own baseline: probability")
        assert found["baseline"].startswith("holds: label DEMO-000000-GK on bundle sha256:")
        assert {key for key, text in found.items() if not text.startswith("holds")} == {"witnesses"}

    def test_what_was_not_checked_is_said(self, home: Path) -> None:
        reduced(home)
        found = findings(home, NOW_LABEL)
        assert found["reduction"] == "not_checked: the sealed bundle of the study is not at hand"
        assert found["rule"] == "not_checked: it cannot be decided without both bundles"
        found = findings(home, NOW_LABEL, "--bundle", home.parent / "now.cradle")
        assert found["reduction"] == "not_checked: the sealed bundle of the baseline is not at hand"
        shutil.rmtree(home / "public" / "l" / BEFORE)
        assert findings(home, NOW_LABEL)["baseline"] == "not_checked: label DEMO-000000-GK is not at hand"

    def test_another_baseline_bundle_is_found(self, home: Path) -> None:
        reduced(home)
        found = findings(
            home, NOW_LABEL, "--bundle", home.parent / "now.cradle", "--baseline", home.parent / "now.cradle"
        )
        assert found["reduction"] == "fails: it is not the bundle of the baseline"

    def test_a_baseline_label_that_was_exchanged_is_found(self, home: Path) -> None:
        reduced(home)
        published = home / "public" / "l" / BEFORE / "claim.json"
        published.write_bytes((home / "public" / "l" / NOW_LABEL / "claim.json").read_bytes())
        assert findings(home, NOW_LABEL)["baseline"].startswith("fails: it is not label DEMO-000000-GK")

    def test_a_case_gets_one_label_also_years_later(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = reduced(home).output
        later = datetime.datetime(2028, 6, 1, tzinfo=datetime.UTC)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(later.timestamp())))
        assert reduced(home).output == first
        assert len(list((home / "public" / "l").iterdir())) == 2

    @pytest.mark.parametrize("more", [(), ("--kind", "footprint"), ("--kind", "grade")])
    def test_a_case_of_one_kind_is_not_one_of_another(self, home: Path, more: tuple[str, ...]) -> None:
        reduced(home)
        assert refusal("issue", home, home.parent / "now.cradle", "--verification", home.parent / "statement.toml", "--case", "r1", *more).startswith(
            "request-conflict: "
        )  # fmt: skip

    def test_without_a_label_on_it_the_baseline_counts_for_nothing(self, home: Path) -> None:
        (home.parent / "unknown.cradle").write_bytes(bytes(sealed("other-supplier")))
        words = ("--kind", "reduction", "--baseline", home.parent / "unknown.cradle", "--case", "r9")
        assert refusal(
            "issue",
            home,
            home.parent / "now.cradle",
            "--verification",
            home.parent / "statement.toml",
            *words,
        ).startswith("baseline-unknown: ")
        assert not (home / "public" / "l" / NOW_LABEL).exists()

    @pytest.mark.parametrize(
        ("step", "role", "code"),
        [
            ("suspend", "officer", "baseline-state"),
            ("revoke", "decision_maker", "baseline-state"),
            ("withdraw", "applicant", "claim-needs"),
        ],
    )
    def test_a_baseline_label_that_was_taken_back(self, home: Path, step: str, role: str, code: str) -> None:
        """A suspended or revoked label is none; on a withdrawn one can be built, once the product has a label again."""
        done = run(
            "revoke",
            home,
            "DEMO-000000-GK",
            "--step",
            step,
            "--role",
            role,
            "--actor",
            "a",
            "--reason",
            "r",
            "--case",
            "s",
        )
        assert done.exit_code == 0, done.exception
        assert str(getattr(reduced(home).exception, "code", "")) == code
        if code == "claim-needs":
            assert issued(home, "now", "f2").exit_code == 0
            assert reduced(home).exit_code == 0

    def test_a_programme_without_reductions_says_why(self, home: Path) -> None:
        for programme, why in (
            ("epd-type", "it has no such claim"),
            ("cn-national-style", "no rule published"),
        ):
            other = home.parent / programme
            CliRunner().invoke(
                log, ["init", str(other), "--origin", f"example.org/{programme}", "--programme", programme]
            )
            told = f"{reduced(other).exception}"
            assert "[claim-kind]" in told
            assert why in told

    def test_another_maker_s_product_is_refused(self, home: Path) -> None:
        (home.parent / "now.cradle").write_bytes(bytes(sealed(change=other_holder)))
        assert getattr(reduced(home).exception, "code", "") == "not-trackable"


class TestEvidence:
    def subject(self, folder: Path) -> Path:
        path = folder / "baseline.toml"
        path.write_text(f'{STATEMENT}\n[subject]\nbundle = "{sealed(EARLIER).digest}"\n', encoding="utf-8")
        return path

    def test_a_verified_statement_is_a_baseline(self, home: Path) -> None:
        statement = self.subject(home.parent)
        empty = home.parent / "empty"
        CliRunner().invoke(log, ["init", str(empty), "--origin", "example.org/empty"])
        assert (
            getattr(reduced(empty, "--baseline-statement", statement).exception, "code", "") == "claim-needs"
        )
        assert issued(empty, "now", "f1").exit_code == 0
        assert reduced(empty, "--baseline-statement", statement).exit_code == 0
        found = claim_of(empty).reduction
        assert found is not None
        assert (found.baseline_kind, found.baseline, found.baseline_digest) == (
            "statement", "example-body, 2026-11-20", digest_file(statement),
        )  # fmt: skip
        told = findings(empty, NOW_LABEL, *both(home), "--baseline-statement", statement)
        assert told["baseline"].startswith("holds: statement of Example verification body on bundle")
        assert told["rule"].startswith("holds: ")
        statement.write_text(statement.read_text("utf-8") + "# changed\n", encoding="utf-8")
        told = findings(empty, NOW_LABEL, "--baseline-statement", statement)
        assert told["baseline"].startswith("fails: it is another statement")

    def test_a_label_of_another_register_is_a_baseline(self, home: Path) -> None:
        foreign = home.parent / "foreign"
        CliRunner().invoke(log, ["init", str(foreign), "--origin", "labels.example.net"])
        assert issued(foreign, "before", "f1").exit_code == 0
        evidence = (
            "--baseline-label", foreign / "public" / "l" / BEFORE, "--baseline-trust", foreign / "public" / "trust.json",
        )  # fmt: skip
        assert reduced(home, *evidence).exit_code == 0
        found = claim_of(home).reduction
        assert found is not None
        assert (found.baseline_origin, found.baseline) == ("labels.example.net", "DEMO-000000-GK")
        assert findings(home, NOW_LABEL, *both(home))["rule"].startswith("holds: ")
        stranger = (
            "--baseline-label",
            foreign / "public" / "l" / BEFORE,
            "--baseline-trust",
            home / "public" / "trust.json",
        )
        assert getattr(reduced(home, *stranger, case="r2").exception, "code", "") == "baseline-not-believed"
        run(
            "revoke",
            foreign,
            "DEMO-000000-GK",
            "--role",
            "decision_maker",
            "--actor",
            "a",
            "--reason",
            "r",
            "--case",
            "x",
        )
        error = reduced(home, *evidence, case="r3").exception
        assert getattr(error, "code", "") == "baseline-not-believed"
        assert "It is not revoked" in str(error)

    def test_a_label_whose_state_is_not_known_is_none(self, home: Path) -> None:
        foreign = home.parent / "foreign"
        CliRunner().invoke(log, ["init", str(foreign), "--origin", "labels.example.net"])
        issued(foreign, "before", "f1")
        shutil.copytree(foreign / "public" / "l" / BEFORE, home.parent / "alone")
        evidence = (
            "--baseline-label",
            home.parent / "alone",
            "--baseline-trust",
            foreign / "public" / "trust.json",
        )
        error = reduced(home, *evidence).exception
        assert getattr(error, "code", "") == "baseline-not-believed"
        assert "suspended" in str(error)

    @pytest.mark.parametrize(
        "options",
        [
            ("--baseline-statement", "statement.toml"),
            ("--baseline", "before.cradle", "--baseline-label", "before.cradle"),
            (
                "--baseline",
                "before.cradle",
                "--baseline-label",
                "before.cradle",
                "--baseline-trust",
                "now.cradle",
                "--baseline-statement",
                "statement.toml",
            ),
            ("--baseline", "before.cradle", "--kind", "footprint"),
        ],
    )
    def test_options_that_do_not_go_together(self, home: Path, options: tuple[str, ...]) -> None:
        words = [word if word.startswith("--") or "." not in word else home.parent / word for word in options]
        kind = () if "--kind" in options else ("--kind", "reduction")
        assert getattr(issued(home, "now", "r1", *kind, *words).exception, "code", "") == "claim-options"

    def test_a_reduction_needs_a_baseline(self, home: Path) -> None:
        assert (
            getattr(issued(home, "now", "r1", "--kind", "reduction").exception, "code", "")
            == "baseline-missing"
        )

    def test_a_verification_of_another_bundle_is_refused(self, home: Path) -> None:
        words = ("--verification", self.subject(home.parent))
        assert getattr(issued(home, "now", "f9", *words).exception, "code", "") == "verification-subject"
        assert issued(home, "before", "f9", *words).exit_code == 0

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ('[facts.weather]\nvalue = 1.0\nsource = "a list"\n', "pack-value"),
            ('[facts.peers]\nvalue = "low"\nsource = "a list"\n', "pack-value"),
            ("[facts.peers]\nvalue = 1.0\n", "pack-missing"),
            ("[subject]\nbundles = 3\n", "pack-key"),
        ],
    )
    def test_a_statement_that_cannot_be_understood(self, home: Path, facts: str, code: str) -> None:
        (home.parent / "statement.toml").write_text(f"{STATEMENT}\n{facts}", encoding="utf-8")
        problems = {problem.code for problem in getattr(issued(home, "now", "f9").exception, "problems", ())}
        assert code in problems


class TestGrades:
    @pytest.fixture
    def market(self, home: Path) -> Path:
        """A home with the labels of twelve makers in the class of the example."""
        from cradlemark.registry.home import open_home
        from cradlemark.registry.labels.issue import IssueRequest, issue
        from cradlemark.registry.labels.sign import credential_signer

        opened = open_home(home)
        signer = credential_signer(opened, passphrase="several words in a row", time=NOW)
        requests = [IssueRequest(f"m{place}", maker(place)) for place in range(12)]
        issue(requests, mark="DEMO", time=NOW, sign=signer.label)
        return home

    def graded(self, home: Path, *more: object, case: str = "g1") -> Result:
        return issued(home, "now", case, "--kind", "grade", *more)

    def test_a_grade_among_the_labels_of_the_register(self, market: Path) -> None:
        assert issued(market, "now", "f2").exit_code == 0
        shown = run("population", market, "DEMO-000001-FV")
        assert "version 1, 13 products of 13 holders, class cc-" in shown.output
        done = self.graded(market)
        assert done.exit_code == 0, done.exception
        assert "grade C, 42 % of 12 products are lower" in done.output
        code = str(GRADED)
        found = claim_of(market, code)
        assert found.grade is not None
        assert (found.kind, found.grade.version, found.grade.as_of, found.grade.holders) == (
            "grade",
            1,
            "2026-11-28",
            12,
        )
        told = findings(market, code, "--bundle", market.parent / "now.cradle")
        assert told["grade"].startswith("holds: recomputed: 41.7 % of 12 products of 12 holders are lower")
        assert told["rule"].startswith("holds: C; at the edges of the band")
        assert told["members"].startswith("holds: 13 of 13 looked up")
        assert run("lint", market / "public" / "l" / code / "claim.json").exit_code == 0
        report = audit(
            lambda path: (market / "public" / "log" / path).read_bytes(), "labels.example.org",
            trust_of(market).policy,
        )  # fmt: skip
        assert not report.problems
        entries = [json.loads(bytes(one)) for one in stored_entries()]
        assert [one["digest"] for one in entries if one["kind"] == "benchmark"] == [found.grade.benchmark]

    def test_what_is_not_at_hand_is_said_and_what_was_changed_is_found(self, market: Path) -> None:
        issued(market, "now", "f2")
        run("population", market, "DEMO-000001-FV")
        self.graded(market)
        code = str(GRADED)
        (path,) = (market / "public" / "benchmarks").rglob("1.json")
        member = next(one for one in (market / "public" / "l").iterdir() if one.name not in {BEFORE, code})
        (member / "claim.json").unlink()
        assert findings(market, code)["members"].startswith("not_checked: 12 of 13 looked up")
        content = path.read_bytes()
        path.write_bytes(content.replace(b'"least":10', b'"least":9'))
        assert findings(market, code)["grade"] == "fails: it is not the benchmark set that the claim names"
        path.unlink()
        told = findings(market, code)
        assert told["grade"].startswith("not_checked: the benchmark set sha256:")
        assert told["rule"].startswith("not_checked: it cannot be decided")
        assert "members" not in told
        (market.parent / "set.json").write_bytes(content)
        assert findings(market, code, "--benchmark", market.parent / "set.json")["grade"].startswith(
            "holds: "
        )

    def test_a_footprint_label_comes_first(self, market: Path) -> None:
        run("population", market, "DEMO-000001-FV")
        assert getattr(self.graded(market).exception, "code", "") == "claim-needs"

    def test_a_population_is_published_before_it_is_used(self, market: Path) -> None:
        issued(market, "now", "f2")
        assert getattr(self.graded(market).exception, "code", "") == "benchmark-unknown"
        invented = market.parent / "invented.json"
        run(
            "benchmark",
            *(market / "public" / "l").rglob("claim.json"),
            "--programme",
            "demonstration",
            "--output",
            invented,
        )
        assert invented.exists()
        run("population", market, "DEMO-000001-FV")
        assert getattr(self.graded(market, "--benchmark", invented).exception, "code", "") in {
            "benchmark-unknown",
            "",
        }

    def test_versions_follow_each_other_only_when_something_changed(self, market: Path) -> None:
        issued(market, "now", "f2")
        run("population", market, "DEMO-000001-FV")
        assert "nothing has changed" in run("population", market, LabelNumber("DEMO", 2)).output
        first = next((market / "public" / "benchmarks").rglob("1.json"))
        suspended = run(
            "revoke",
            market,
            LabelNumber("DEMO", 3),
            "--step",
            "suspend",
            "--role",
            "officer",
            "--actor",
            "a",
            "--reason",
            "r",
            "--case",
            "s",
        )
        assert suspended.exit_code == 0, suspended.exception
        error = self.graded(market).exception
        assert getattr(error, "code", "") == "benchmark-old"
        assert f"{LabelNumber('DEMO', 3)} may not be used any more" in str(error)
        assert "version 2, 12 products" in run("population", market, "DEMO-000001-FV").output
        second = json.loads(first.with_name("2.json").read_bytes())
        assert second["previous"].startswith("sha256:")
        assert getattr(self.graded(market, "--benchmark", first).exception, "code", "") == "benchmark-old"
        assert "of 11 products" in self.graded(market).output
        again = self.graded(market, "--benchmark", first.with_name("2.json"))
        assert again.exit_code == 0
        assert getattr(self.graded(market, "--benchmark", first).exception, "code", "") == "request-conflict"

    def test_too_few_products_get_no_grade(self, home: Path) -> None:
        assert issued(home, "now", "f2").exit_code == 0
        assert "not shown" in run("population", home, "DEMO-000001-FV").output
        told = str(self.graded(home).exception)
        assert "too few valid products: 0 of 10 needed" in told
        assert "too few holders: 0 of 3 needed" in told

    def test_a_programme_without_grades_says_so(self, home: Path) -> None:
        other = home.parent / "tw"
        CliRunner().invoke(log, ["init", str(other), "--origin", "example.org/tw", "--programme", "tw-style"])
        assert getattr(self.graded(other).exception, "code", "") == "claim-kind"


def trust_of(home: Path) -> Any:
    from cradlemark.trust.trust_files import read_trust_file

    return read_trust_file((home / "public" / "trust.json").read_bytes())


def stored_entries() -> list[bytes]:
    from cradlemark.registry.log.models import Entry

    return list(Entry.objects.values_list("record", flat=True))


def maker(place: int) -> Any:
    """The label of another maker, whose figure differs by a few per cent."""
    programme = load_programme("demonstration")
    model = (
        grant(sealed(), programme, VERIFICATION, today=NOW.date())(LabelNumber("DEMO", 99))
        if not MODELS
        else MODELS[0]
    )
    MODELS.append(model)

    def claim(number: LabelNumber) -> Claim:
        whole = model.values.life_cycle
        assert whole is not None
        figure = whole.figure * (0.9 + 0.02 * place + 0.001)
        digits, unit = stated(figure)
        value = attrs.evolve(whole, figure=figure, low=None, high=None, stated=digits, stated_unit=unit)
        return attrs.evolve(
            model, number=str(number), holder=attrs.evolve(model.holder, name=Text(f"Works {place}", f"{place} 厂")),
            digests=attrs.evolve(model.digests, bundle=f"sha256:{place:064x}"),
            product=attrs.evolve(model.product, models=(f"M-{place}",)), values=attrs.evolve(model.values, life_cycle=value),
        )  # fmt: skip

    return claim


MODELS: list[Claim] = []
