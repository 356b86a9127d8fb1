"""``label benchmark`` and ``label grade``: a population of comparable labels, and where one stands in it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text, visible

if TYPE_CHECKING:
    from cradlemark.label.benchmark import BenchmarkSet
    from cradlemark.label.programme import GradeRule, ProgrammeProfile

_WORDS = {
    "made": Text("{path}: version {version}, {count} products of {holders} holders, class {name}",
                 "{path}：第 {version} 版，{holders} 个持有人的 {count} 个产品，类别 {name}"),
    "same": Text("nothing has changed since this version", "自该版以来没有变化"),
    "shown": Text("  percentile {percentile:g}: {value:.4g} kg CO2e{band}", "  百分位 {percentile:g}：{value:.4g} kg CO2e{band}"),
    "band": Text(", with {confidence:.1%} confidence between {low:.4g} and {high:.4g}",
                 "，置信度 {confidence:.1%} 的区间为 {low:.4g} 至 {high:.4g}"),
    "grade": Text("{number}: grade {grade}; {percentile:.1f} % of {count} products are lower (95 %: {low:.1f} to {high:.1f} %)",
                  "{number}：等级 {grade}；{count} 个产品中 {percentile:.1f} % 更低（95 %：{low:.1f} 至 {high:.1f} %）"),
    "unsure": Text("the band reaches from {best} to {worst}", "区间涵盖 {best} 至 {worst}"),
}  # fmt: skip
DAY = click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day for which it is asked; today by default."
)


@click.command()
@click.argument("claims", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--programme", required=True, help="Id or TOML file of the programme; it gives the least numbers."
)
@click.option(
    "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write."
)
@click.option("--previous", type=click.Path(path_type=Path, dir_okay=False), help="Version before this one.")
@DAY
@language_option
def benchmark(
    claims: tuple[Path, ...], programme: str, output: Path, previous: Path | None, day: datetime.datetime | None,
    language: Language,
) -> None:  # fmt: skip
    """Make a benchmark set out of CLAIMS, all of one comparability class, and show what may be published of it.

    Expired claims and those that another one follows are left out.
    """
    from cradlemark.cli.label.opening import read_document
    from cradlemark.label.benchmark import LARGEST as LARGEST_SET
    from cradlemark.label.benchmark import make_benchmark, read_benchmark
    from cradlemark.label.claim import LARGEST, read_claim
    from cradlemark.registry.files import write_file

    profile = _profile(programme)
    rule = _rule(profile)
    on = _day(day)
    made = make_benchmark(
        (read_claim(read_document(path, LARGEST), where=path.name) for path in claims), programme=profile.id, on=on,
        least=int(rule.least.value), anonymity=int(rule.anonymity.value),
        previous=read_benchmark(read_document(previous, LARGEST_SET), where=previous.name) if previous else None,
    )  # fmt: skip
    write_file(output, made.content)
    words = _WORDS["made"].format(
        path=output,
        version=made.version,
        count=len(made.members),
        holders=made.holders(on),
        name=made.comparability.id,
    )
    click.echo(words[language])
    click.echo(f"  {made.digest}")
    _show_percentiles(made, on, language)


@click.command()
@home_argument
@click.argument("number")
@passphrase_option
@language_option
def population(home: Path, number: str, passphrase_file: Path | None, language: Language) -> None:
    """Publish the next version of the benchmark set that label NUMBER belongs to, out of all valid labels of HOME.

    It is stored and logged before it is published; grades are given by its latest version. When no label has come or gone,
    the version that is there stays.
    """
    from cradlemark.registry.home import open_home

    passphrase = passphrase_of(passphrase_file)
    opened = open_home(home)
    from cradlemark.cli.label.issuing import label_of
    from cradlemark.label.benchmark import benchmark_path
    from cradlemark.label.comparability import comparability_class
    from cradlemark.registry.labels.benchmark import latest_benchmark, renew_benchmark
    from cradlemark.registry.labels.issue import stored_claim
    from cradlemark.registry.publication.publish import FEW, publish_all

    time = now()
    name = comparability_class(stored_claim(label_of(number))).id
    before = latest_benchmark(name)
    made = renew_benchmark(name, opened.programme, time=time)
    publish_all(opened, passphrase=passphrase, time=time, artworks=FEW)
    path = opened.public / benchmark_path(name, made.version)
    words = _WORDS["made"].format(
        path=path, version=made.version, count=len(made.members), holders=made.holders(time.date()), name=name
    )
    click.echo(words[language])
    click.echo(f"  {made.digest}")
    if made == before:
        click.echo(f"  {_WORDS['same'][language]}")
    _show_percentiles(made, time.date(), language)


def _show_percentiles(made: BenchmarkSet, on: datetime.date, language: Language) -> None:
    """Print what may be shown of a distribution."""
    from cradlemark.label.benchmark import NOT_SHOWN, published_percentiles

    shown = published_percentiles(made, on)
    for one in shown:
        band = Text()
        if one.confidence is not None:
            band = _WORDS["band"].format(confidence=one.confidence, low=one.low, high=one.high)
        click.echo(
            _WORDS["shown"].format(percentile=one.percentile, value=one.value, band=band[language])[language]
        )
    if not shown:
        click.echo(f"  {NOT_SHOWN[language]}")


@click.command()
@click.argument("claim", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("benchmark", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--programme", default="", help="Id or TOML file; by default the packaged one that the claim names."
)
@DAY
@language_option
def grade(
    claim: Path, benchmark: Path, programme: str, day: datetime.datetime | None, language: Language
) -> None:
    """Show the grade of CLAIM among the products of BENCHMARK, with the band of its percentile; or why there is none."""
    from cradlemark.cli.label.opening import read_document
    from cradlemark.label.benchmark import LARGEST as LARGEST_SET
    from cradlemark.label.benchmark import read_benchmark
    from cradlemark.label.claim import LARGEST, read_claim
    from cradlemark.label.grade import grade as graded

    read = read_claim(read_document(claim, LARGEST), where=claim.name)
    held = read_benchmark(read_document(benchmark, LARGEST_SET), where=benchmark.name)
    found = graded(read, held, _profile(programme or read.programme.id), on=_day(day))
    made = found.grade
    words = _WORDS["grade"].format(
        number=read.number,
        grade=made.grade,
        percentile=made.percentile,
        count=made.count,
        low=made.low,
        high=made.high,
    )
    click.echo(visible(words[language]))
    if not found.sure:
        click.echo("  " + _WORDS["unsure"].format(best=found.best, worst=found.worst)[language])


def _day(given: datetime.datetime | None) -> datetime.date:
    return given.date() if given else datetime.datetime.now(tz=datetime.UTC).date()


def _profile(name: str) -> ProgrammeProfile:
    from cradlemark.label.programme_reader import load_programme, load_programme_file

    return load_programme_file(Path(name)) if name.endswith(".toml") else load_programme(name)


def _rule(profile: ProgrammeProfile) -> GradeRule:
    from cradlemark.core.errors import StateError

    if profile.grade is None:
        raise StateError(
            Text(f"programme {profile.id} grants no grades", f"计划 {profile.id} 不授予等级"), code="grade-refused",
            hint=Text("see cradlemark programme show NAME", "见 cradlemark programme show NAME"),
        )  # fmt: skip
    return profile.grade
