"""Sections of a footprint's report: every figure comes from the footprint, every claim names its status."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

from cradlemark.core.language import Language
from cradlemark.footprint.footprint import ElectricityBasis, Footprint, Line
from cradlemark.footprint.report.charts import boundary_picture, stage_bars
from cradlemark.footprint.report.content import (
    Block,
    Document,
    Heading,
    KeyFigures,
    Paragraph,
    Picture,
    Table,
)
from cradlemark.footprint.report.databases import databases, remarks
from cradlemark.footprint.report.figures import MassUnit, mass_unit, percent, significant
from cradlemark.footprint.report.sankey import negative_lines, sankey
from cradlemark.footprint.report.words import word
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.link import NAMED
from cradlemark.product.study import GATE_STAGES, STAGES


def footprint_report(footprint: Footprint, language: Language) -> Document:
    """Return the whole report of one footprint."""
    unit = mass_unit(max(abs(footprint.total), abs(footprint.cradle_to_gate)))
    subject = footprint.subject
    blocks: list[Block] = [
        *summary(footprint, unit, language),
        *unverified(footprint, unit, language),
        *results(footprint, unit, language),
        *contributions(footprint, unit, language),
        *uncertainty(footprint, unit, language),
        *quality(footprint, unit, language),
        *findings(footprint, language),
        *assumptions(footprint, language),
        *sources(footprint, unit, language),
        *inventory(footprint, unit, language),
        *versions(footprint, language),
    ]
    product = subject.product[language]
    scenario = f" · {subject.scenario_title[language] or subject.scenario}" if subject.scenario else ""
    return Document(
        language, word("report_title", language, product=product), f"{subject.holder[language]}{scenario}",
        tuple(blocks), word("footer", language, digest=footprint.digest[:19], software=footprint.versions.software),
    )  # fmt: skip


def summary(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Subject, key figures, warnings."""
    subject = footprint.subject
    if footprint.gaps:
        yield Paragraph(word("incomplete", language, count=len(footprint.gaps)), "error")
    errors = sum(finding.severity == "error" for finding in footprint.findings)
    if errors:
        yield Paragraph(word("has_errors", language, count=errors), "error")
    yield KeyFigures(tuple(_key_figures(footprint, unit, language)))
    yield Paragraph(word("not_a_verification", language), small=True)
    declared = f"{subject.declared_amount:g} {subject.declared_unit}"
    rows = [
        (word("product", language), subject.product[language]),
        (word("models", language), ", ".join(subject.models)),
        ("GTIN", subject.gtin),
        (word("holder", language), subject.holder[language]),
        (word("site", language), " ".join(filter(None, (subject.site[language], subject.place)))),
        (word("declared_unit", language), f"{declared} ({significant(subject.mass * 1000, 4)} g)"),
        (word("functional_unit", language), subject.functional_unit[language]),
        (word("service_life", language), f"{subject.service_life:g} a" if subject.service_life else ""),
        (word("boundary", language), word(f"boundary_{subject.boundary}", language)),
        (word("period", language), subject.period),
        (word("scenario", language), subject.scenario_title[language] or subject.scenario),
        (word("rule_pack", language), footprint.versions.rule_pack),
        (word("gwp_set", language), f"IPCC {footprint.gwp_set}, GWP100"),
        (word("electricity_basis", language), word(f"basis_{footprint.electricity_basis}", language)),
        (
            word("end_of_life_method", language),
            word(f"method_{footprint.end_of_life_method}", language) if footprint.end_of_life_method else "",
        ),
    ]
    yield Table(
        word("subject", language), ("", ""), tuple(row for row in rows if row[1]), "ll", widths=(1, 3)
    )
    yield Picture(boundary_picture(footprint, language), word("system_boundary", language))


def _key_figures(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[tuple[str, str, str]]:
    gate = footprint.interval("gate")
    per = f"{footprint.subject.declared_amount:g} {footprint.subject.declared_unit}"
    yield (
        word("cradle_to_gate", language), f"{unit.write(gate.figure)} {unit}",
        word("interval_95", language, low=unit.write(gate.low), high=unit.write(gate.high), unit=unit.name)
        if footprint.draws else word("per", language, unit=per),
    )  # fmt: skip
    if footprint.subject.boundary == "cradle_to_grave":
        whole = footprint.interval("life_cycle")
        use = footprint.stage_total(("B1", "B2", "B3", "B4", "B5", "B6", "B7"))
        yield (
            word("life_cycle", language), f"{unit.write(whole.figure)} {unit}",
            word("of_which_use", language, value=unit.write(use), unit=unit.name),
        )  # fmt: skip
    quality = footprint.data_quality
    yield word("primary_share", language), percent(quality.primary_share), word("by_contribution", language)
    pef = "–" if quality.pef is None else significant(quality.pef, 2)
    yield word("dqr", language), pef, word("dqr_scale", language)
    yield (
        word("unverified_share", language),
        percent(quality.unverified_share),
        word("by_contribution", language),
    )


def unverified(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Every unverified factor by name, with its share: prominently, before any result."""
    lines = [line for line in _inside(footprint) if line.status == "unverified"]
    if not lines:
        return
    total = fsum(abs(line.total) for line in _inside(footprint))
    by_dataset: dict[str, list[Line]] = {}
    for line in lines:
        if line.dataset:
            by_dataset.setdefault(line.dataset.id, []).append(line)
    yield Heading(word("unverified_title", language))
    yield Paragraph(
        word("unverified_text", language, share=percent(footprint.data_quality.unverified_share)), "warning"
    )
    rows: list[tuple[str, ...]] = []
    for group in sorted(by_dataset.values(), key=lambda items: -fsum(abs(item.total) for item in items)):
        use = group[0].dataset
        assert use is not None
        weight = fsum(abs(item.total) for item in group)
        rows.append((
            use.name[language], f"{significant(sum(group[0].intensity))} kg CO₂e/{use.unit}",
            f"{unit.write(weight)} {unit.name}", percent(weight / total if total else None), use.source,
        ))  # fmt: skip
    yield Table(
        word("unverified_title", language),
        tuple(word(key, language) for key in ("dataset", "intensity", "contribution", "share", "source")),
        tuple(rows), "lrrrl", widths=(3, 2, 1.3, 1, 4), small=True,
    )  # fmt: skip


def results(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Result by stage and origin, both electricity bases, separate figures."""
    yield Heading(word("results", language))
    yield Picture(stage_bars(footprint, unit, language), word("by_stage", language))
    yield stage_table(footprint, unit, language)
    counted = _inside(footprint)
    packaging = fsum(line.total for line in counted if line.packaging)
    outbound = fsum(line.total for line in counted if line.outbound)
    yield Table(
        word("shown_apart", language), (word("item", language), str(unit)),
        (
            (word("cradle_to_gate_location", language), unit.write(footprint.stage_total(GATE_STAGES, basis="location"))),
            (word("cradle_to_gate_market", language), unit.write(footprint.stage_total(GATE_STAGES, basis="market"))),
            (word("of_which_packaging", language), unit.write(packaging)),
            (word("of_which_outbound", language), unit.write(outbound)),
            (word("beyond_boundary", language), unit.write(footprint.beyond_boundary)),
            (word("offsets", language), word("offsets_none", language)),
        ), "lr", widths=(3, 1),
    )  # fmt: skip
    yield from _gases(footprint, language)


def stage_table(
    footprint: Footprint, unit: MassUnit, language: Language, basis: ElectricityBasis | None = None
) -> Table:
    """Stage x origin matrix."""
    by_stage = footprint.by_stage(basis=basis)
    rows, strong = [], set()
    gate_only = footprint.subject.boundary == "cradle_to_gate"
    for stage in STAGES:
        values = [by_stage[stage][origin] for origin in ORIGINS]
        if any(values) or (stage in GATE_STAGES):
            rows.append(
                (
                    f"{stage} {word(f'module_{stage}', language)}",
                    *(unit.write(v) for v in values),
                    unit.write(fsum(values)),
                )
            )
        if stage == "A3":
            strong.add(len(rows))
            rows.append(_sum_row(word("cradle_to_gate", language), footprint, GATE_STAGES, unit, basis))
        if stage == "C4" and not gate_only:
            strong.add(len(rows))
            rows.append(_sum_row(word("life_cycle", language), footprint, STAGES[:-1], unit, basis))
    header = (
        word("stage", language),
        *(word(f"origin_{origin}", language) for origin in ORIGINS),
        word("total", language),
    )
    return Table(
        f"{word('by_stage_and_origin', language)} [{unit}]",
        header,
        tuple(rows),
        "lrrrrrr",
        frozenset(strong),
        (3, 1, 1, 1, 1, 1, 1.1),
    )


def _sum_row(
    name: str, footprint: Footprint, stages: tuple[str, ...], unit: MassUnit, basis: ElectricityBasis | None
) -> tuple[str, ...]:
    lines = [line for line in footprint.counted(basis=basis) if line.stage in stages]
    sums = [fsum(line.climate[index] for line in lines) for index in range(len(ORIGINS))]
    return (name, *(unit.write(value) for value in sums), unit.write(fsum(sums)))


def _gases(footprint: Footprint, language: Language) -> Iterator[Block]:
    masses: dict[str, list[float]] = {}
    known = 0.0
    for line in _inside(footprint):
        if line.gases:
            known += abs(line.total)
        for gas, mass in line.gases:
            masses.setdefault(gas, []).append(mass)
    total = fsum(abs(line.total) for line in _inside(footprint))
    if not masses or not total:
        return
    rows = tuple((gas, f"{significant(fsum(values) * 1000)} g") for gas, values in sorted(masses.items()))
    yield Table(
        word("per_gas", language, share=percent(known / total)),
        (word("gas", language), word("mass", language)),
        rows,
        "lr",
        widths=(1, 1),
    )


def contributions(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Sankey and the largest lines."""
    yield Heading(word("contributions", language))
    yield Picture(sankey(footprint, unit, language), word("sankey", language))
    if negative_lines(footprint):
        value = fsum(line.total for line in negative_lines(footprint))
        yield Paragraph(word("negative_apart", language, value=f"{unit.write(value)} {unit}"), small=True)
    yield line_table(footprint, unit, language, 15)


def line_table(footprint: Footprint, unit: MassUnit, language: Language, limit: int) -> Table:
    """The largest lines of the total."""
    lines = sorted(_inside(footprint), key=lambda line: -abs(line.total))
    total = footprint.total
    rows = tuple(
        (
            line.stage, line.label[language], f"{significant(line.amount)} {line.unit}",
            line.dataset.name[language] if line.dataset else line.gas, unit.write(line.total),
            percent(line.total / total if total else None), word(f"status_{line.status}", language),
        )
        for line in lines[:limit]
    )  # fmt: skip
    keys = ("stage", "line", "amount", "dataset", "total", "share", "status")
    return Table(
        word("largest_lines", language, count=len(rows), all=len(lines)) + f" [{unit}]",
        tuple(word(key, language) for key in keys),
        rows,
        "llrlrrl",
        widths=(0.6, 3, 1.3, 2.6, 1, 0.9, 1),
        small=True,
    )


def uncertainty(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Intervals in both forms, and the sensitivity ranking."""
    yield Heading(word("uncertainty", language))
    if not footprint.draws:
        yield Paragraph(word("no_draws", language))
    else:
        yield Paragraph(word("uncertainty_text", language, draws=footprint.draws, seed=footprint.seed))
    rows = []
    for interval in footprint.intervals:
        if (
            interval.figure == 0.0
            or (interval.name == "life_cycle" and footprint.subject.boundary == "cradle_to_gate")
            or interval.name == "total"
        ):
            continue
        name = {"gate": word("cradle_to_gate", language), "life_cycle": word("life_cycle", language)}.get(
            interval.name, interval.name
        )
        analytic = (
            "–"
            if interval.analytic_low is None or interval.analytic_high is None
            else f"{unit.write(interval.analytic_low)} – {unit.write(interval.analytic_high)}"
        )
        sampled = f"{unit.write(interval.low)} – {unit.write(interval.high)}" if footprint.draws else "–"
        rows.append(
            (
                name,
                unit.write(interval.figure),
                unit.write(interval.median) if footprint.draws else "–",
                sampled,
                analytic,
                "–" if interval.analytic_gsd is None else significant(interval.analytic_gsd),
            )
        )
    keys = ("stage", "figure", "median", "interval_mc", "interval_analytic", "gsd")
    yield Table(
        word("intervals", language) + f" [{unit}]",
        tuple(word(key, language) for key in keys),
        tuple(rows),
        "lrrrrr",
        widths=(1.6, 1, 1, 1.6, 1.6, 0.8),
    )
    if footprint.sensitivities:
        ranked = tuple(
            (
                item.label[language] or item.input,
                word(f"input_{item.kind}", language),
                significant(item.elasticity),
                percent(item.variance_share),
                "–" if item.correlation is None else significant(item.correlation, 2),
            )
            for item in footprint.sensitivities[:12]
        )
        columns = ("input", "kind", "elasticity", "variance_share", "rank_correlation")
        yield Table(
            word("sensitivity", language),
            tuple(word(key, language) for key in columns),
            ranked,
            "llrrr",
            widths=(4, 1.2, 1.2, 1.2, 1.2),
            small=True,
        )


def quality(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Data quality in the PEF and PACT forms, and the two tables of site and background data."""
    data = footprint.data_quality
    yield Heading(word("data_quality", language))

    def rating(value: float | None) -> str:
        return "–" if value is None else significant(value, 3)

    yield Table(
        word("data_quality", language), (word("item", language), word("value", language)),
        (
            (word("primary_share", language), percent(data.primary_share)),
            (word("dqr_pef", language), rating(data.pef)),
            (word("dqr_technological", language), rating(data.technological)),
            (word("dqr_geographical", language), rating(data.geographical)),
            (word("dqr_temporal", language), rating(data.temporal)),
            (word("rated_share", language), percent(data.rated_share)),
            (word("unverified_share", language), percent(data.unverified_share)),
            (word("derived_share", language), percent(data.derived_share)),
            (word("undivided_share", language), percent(data.undivided_share)),
            (word("unknown_gwp_share", language, gwp=footprint.gwp_set), percent(data.unknown_gwp_share)),
            (word("co2_only_share", language), percent(data.co2_only_share)),
        ), "lr", widths=(4, 1),
    )  # fmt: skip
    for key, wanted in (("site_data", True), ("background_data", False)):
        rows = tuple(
            _quality_row(line, unit, language)
            for line in _inside(footprint)
            if (line.data_kind == "measured") is wanted and line.total
        )
        if rows:
            keys = (
                "stage",
                "line",
                "total",
                "data_kind",
                "reliability",
                "completeness",
                "temporal",
                "geographical",
                "technological",
                "gsd",
            )
            yield Table(
                word(key, language) + f" [{unit}]",
                tuple(word(k, language) for k in keys),
                rows,
                "llrlrrrrrr",
                widths=(0.6, 3.4, 1, 1.1, 0.7, 0.7, 0.7, 0.7, 0.7, 0.8),
                small=True,
            )


def _quality_row(line: Line, unit: MassUnit, language: Language) -> tuple[str, ...]:
    scores = [str(score) for score in line.quality[:5]] if line.quality else ["–"] * 5
    return (
        line.stage,
        line.label[language],
        unit.write(line.total),
        word(f"data_{line.data_kind}", language),
        *scores,
        significant(line.gsd),
    )


def findings(footprint: Footprint, language: Language) -> Iterator[Block]:
    """Findings of the rule pack."""
    yield Heading(word("findings", language))
    if not footprint.findings:
        yield Paragraph(word("no_findings", language))
        return
    rows = tuple(
        (
            word(f"severity_{f.severity}", language),
            f.rule,
            f.message[language],
            f.repair[language],
            f.clause,
            f.where,
        )
        for f in footprint.findings
    )
    keys = ("severity", "rule", "finding", "repair", "clause", "where")
    yield Table(
        word("findings_of", language, pack=footprint.versions.rule_pack),
        tuple(word(key, language) for key in keys),
        rows,
        "llllll",
        widths=(0.8, 1.4, 3.2, 2.4, 1.8, 2.2),
        small=True,
    )


def assumptions(footprint: Footprint, language: Language) -> Iterator[Block]:
    """Assumptions, what was cut off, mass balances, energy plausibility, notes."""
    yield Heading(word("assumptions", language))
    for text in footprint.assumptions:
        yield Paragraph("• " + text[language])
    for note in footprint.notes:
        yield Paragraph("• " + note.message[language], small=True)
    rows = tuple(
        (item.stage, item.name[language], item.criterion, percent(item.share), item.reason[language])
        for item in footprint.cut_offs
    )
    if rows:
        yield Table(
            word("cut_offs", language),
            tuple(word(k, language) for k in ("stage", "item", "criterion", "estimated_share", "reason")),
            rows,
            "lllrl",
            widths=(0.6, 2.4, 1.4, 1.2, 3),
            small=True,
        )
    else:
        yield Paragraph(word("no_cut_offs", language))
    masses = tuple(
        (
            b.label[language],
            *(significant(v * 1000) for v in (b.gross, b.net, b.scrap)),
            "0" if abs(b.residual) < 1e-12 else significant(b.residual * 1000),
        )
        for b in footprint.balances
    )
    if masses:
        yield Table(
            word("mass_balance", language) + " [g]",
            tuple(word(k, language) for k in ("line", "gross", "net", "scrap", "residual")),
            masses,
            "lrrrr",
            widths=(4, 1, 1, 1, 1),
            small=True,
        )
    checks = tuple(
        (
            c.label[language],
            c.model.replace("_", " "),
            significant(c.stated),
            significant(c.minimum),
            word(f"verdict_{c.verdict}", language),
        )
        for c in footprint.process_checks
    )
    if checks:
        yield Table(
            word("process_checks", language),
            tuple(word(k, language) for k in ("operation", "model", "stated_kwh", "minimum_kwh", "verdict")),
            checks,
            "llrrl",
            widths=(2.4, 1.8, 1.2, 1.4, 2),
            small=True,
        )


def sources(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Every dataset that was used, with source and status."""
    yield Heading(word("sources", language))
    used = {line.dataset.id: (line.dataset, sum(line.intensity)) for line in footprint.lines if line.dataset}
    rows = tuple(
        (
            use.name[language], f"{significant(value, 4)} / {use.unit}", f"{use.geography} {use.year or ''}".strip(),
            use.boundary.replace("_", " "), use.gwp_set, word(f"status_{use.status}", language),
            " · ".join((", ".join(filter(None, (use.source, use.place))), use.licence)),
            f"{use.database} {use.digest.removeprefix('sha256:')[:12]}",
        )
        for use, value in used.values()
    )  # fmt: skip
    keys = ("dataset", "kg_per_unit", "place_year", "dataset_boundary", "gwp", "status", "source", "database")
    yield from databases(footprint, unit, language)
    yield from remarks(footprint, language)
    yield Table(
        word("datasets_used", language),
        tuple(word(key, language) for key in keys),
        rows,
        "lrllllll",
        widths=(2.4, 1.2, 0.9, 1.2, 0.7, 0.9, 2.9, 1.5),
        small=True,
    )
    matched = {
        line.link.text: line
        for line in footprint.lines
        if line.link and line.dataset and line.link.reason != NAMED
    }
    if matched:
        links = tuple(
            (
                text,
                line.dataset.id if line.dataset else "",
                significant(line.link.score, 3),
                line.link.reason[language],
            )
            for text, line in matched.items()
            if line.link
        )
        yield Table(
            word("links", language),
            tuple(word(k, language) for k in ("text", "dataset", "score", "reason")),
            links,
            "llrl",
            widths=(2, 2, 0.7, 4.2),
            small=True,
        )


def inventory(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Every line."""
    yield Heading(word("all_lines", language))
    rows = tuple(
        (
            f"{line.stage}/{number}", line.label[language], f"{significant(line.amount, 4)} {line.unit}",
            significant(sum(line.intensity), 4), unit.write(line.total, 4),
            "" if line.basis == "both" else word(f"basis_{line.basis}", language),
        )
        for number, line in _numbered(footprint)
    )  # fmt: skip
    keys = ("address", "line", "amount", "kg_per_unit", "total", "counts_for")
    yield Table(
        word("all_lines", language) + f" [{unit}]",
        tuple(word(k, language) for k in keys),
        rows,
        "llrrrl",
        widths=(0.7, 4, 1.5, 1.2, 1.1, 1.2),
        small=True,
    )


def _numbered(footprint: Footprint) -> Iterator[tuple[int, Line]]:
    counts: dict[str, int] = {}
    for line in sorted(footprint.lines, key=lambda line: STAGES.index(line.stage)):
        counts[line.stage] = counts.get(line.stage, 0) + 1
        yield counts[line.stage], line


def versions(footprint: Footprint, language: Language) -> Iterator[Block]:
    """Digests and limits."""
    found = footprint.versions
    yield Heading(word("versions", language))
    rows = [
        (word("result", language), "", footprint.digest),
        (word("study", language), footprint.subject.study, found.study),
        (word("rule_pack", language), found.rule_pack, found.rule_pack_digest),
        *(
            (word("database", language), f"{name} {version}", digest)
            for name, version, digest in found.databases
        ),
        (word("software", language), f"cradlemark {found.software}", ""),
    ]
    yield Table(
        word("versions", language),
        ("", word("version", language), word("digest", language)),
        tuple(rows),
        "lll",
        widths=(1.4, 2, 5),
        small=True,
    )
    yield Paragraph(word("limits", language), small=True)


def _inside(footprint: Footprint) -> list[Line]:
    gate = footprint.subject.boundary == "cradle_to_gate"
    return [
        line for line in footprint.counted() if line.stage != "D" and (not gate or line.stage in GATE_STAGES)
    ]
