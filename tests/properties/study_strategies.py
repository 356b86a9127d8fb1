"""Random studies that cover every value class, for round trips."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from cradlemark.core.language import Text
from cradlemark.core.periods import Period
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree
from cradlemark.product.study import (
    ALLOCATION_BASES,
    CONTRACT_KINDS,
    DATA_KINDS,
    END_OF_LIFE_METHODS,
    SCRAP_ROUTES,
    STAGES,
    Change,
    Choice,
    Component,
    Contract,
    CutOff,
    DatabaseReference,
    DirectEmission,
    Electricity,
    EndOfLife,
    EndOfLifeRoute,
    EnergyUse,
    Evidence,
    GridYear,
    Installation,
    JouleLosses,
    Leg,
    LoadPoint,
    Market,
    Material,
    Meter,
    Operation,
    Organisation,
    Packaging,
    Parameter,
    Product,
    Scenario,
    Site,
    SiteProduct,
    Study,
    Unit,
    Use,
    UseMode,
    Value,
    Waste,
)

EVIDENCE = ("e1", "weigh note; page 3", "发票-07")
ROUTES = ("metal", "rest")
PARTS = tuple(f"100-{number}" for number in range(10, 40))

letters = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp", "Zs"),
    exclude_characters="\ufffe\uffff",
)
words = st.text(letters, min_size=1, max_size=12)
texts = st.one_of(
    words, st.sampled_from(["PA66 V0", "紫铜 T2", '12" box [A] = "x"', "a; b", "= 3", "100", "true", "yes"])
)
optional_text = st.one_of(st.just(""), texts)
notes = st.one_of(st.just(""), texts, st.just("first line\nsecond line"))
languages = st.one_of(
    words.map(lambda word: Text(en=word)),
    st.just(Text(zh="插拔式接线端子")),
    st.builds(Text, words, st.just("端子")),
    st.builds(Text, words, words),
)
optional_languages = st.one_of(st.just(Text()), languages)
places = st.sampled_from(["CN", "CN-GD", "DE", "GLO"])
optional_places = st.one_of(st.just(""), places)
pedigrees = st.one_of(st.none(), st.builds(Pedigree, *([st.integers(1, 5)] * 6)))
evidence = st.sampled_from([(), EVIDENCE[:1], EVIDENCE[1:]])
days = st.integers(0, 20000).map(lambda number: date(1990, 1, 1) + timedelta(number))
digests = st.sampled_from(["", "sha256:" + "0" * 64])


@st.composite
def magnitudes(draw: st.DrawFn, low: float, high: float) -> tuple[float, Distribution | None]:
    number = draw(st.floats(low, high, allow_subnormal=False))
    width = draw(st.floats(0, 10))
    kind = draw(st.sampled_from(["", "", "", "lognormal", "normal", "uniform", "triangular"]))
    if kind == "lognormal":
        return number, Distribution("lognormal", gsd=1 + width / 10)
    if kind == "normal":
        return number, Distribution("normal", sd=width)
    if kind:
        return number, Distribution(kind, low=number - width, high=number + width)  # type: ignore[arg-type]
    return number, None


def values(*units: str, low: float = 0.0, high: float = 1e6, formula: str = "") -> st.SearchStrategy[Value]:
    """Values in one of the units; now and then a formula of the parameter ``a`` of the same quantity."""
    plain = st.builds(
        lambda pair, unit, note, ids, secret: Value(pair[0], unit, None, pair[1], note, ids, secret),
        magnitudes(low, high),
        st.sampled_from(units),
        notes,
        evidence,
        st.booleans(),
    )
    simple = st.builds(Value, st.floats(low, high, allow_subnormal=False), st.sampled_from(units))
    choices = [simple, simple, plain]
    if formula:
        choices.append(
            st.builds(
                Value, st.none(), st.sampled_from(units), st.just(formula), note=notes, evidence=evidence
            )
        )
    return st.one_of(choices)


masses = values("kg", "g", formula="weight * 2")
positive_masses = values("kg", "g", "t", low=0.001)
amounts = values("kg", "g", "m2", "kWh", "piece")
shares = values("1", high=1.0)
counts = values("piece", high=1000.0)
energies = values("kWh", "MJ", "m3", "万kWh")


def several(
    strategy: st.SearchStrategy[object], most: int = 2, least: int = 0
) -> st.SearchStrategy[tuple[object, ...]]:
    return st.one_of([st.tuples(*([strategy] * count)) for count in range(least, most + 1)])


legs = st.builds(
    Leg, values("km"), texts, optional_text, st.none() | values("1", low=1, high=2), st.none() | shares, notes
)
materials = st.builds(
    Material,
    text=texts,
    amount=masses | amounts,
    dataset=optional_text,
    gross=st.none() | amounts,
    yields=several(values("1", "%", low=0.01, high=1.0)),
    scrap_route=st.sampled_from(SCRAP_ROUTES),
    recycled_content=st.none() | shares,
    recycled_dataset=optional_text,
    end_of_life=st.sampled_from(("", *ROUTES)),
    origin=optional_places,
    supplier=optional_text,
    legs=several(legs),
    data_kind=st.sampled_from(DATA_KINDS),
    pedigree=pedigrees,
    note=notes,
    evidence=evidence,
)
energy_uses = st.builds(EnergyUse, texts, energies, optional_text, st.sampled_from(DATA_KINDS))


@st.composite
def components(draw: st.DrawFn, numbers: list[str], depth: int) -> Component:
    part = numbers.pop()
    name, quantity, note = draw(languages), draw(counts), draw(notes)
    if depth > 1 and len(numbers) > 4 and draw(st.booleans()):
        children = tuple(draw(components(numbers, depth - 1)) for _ in range(draw(st.integers(1, 2))))
        return Component(part, name, quantity, children=children, note=note)
    return Component(part, name, quantity, materials=draw(several(materials, least=1)), note=note)


operations = st.builds(
    Operation,
    id=st.just("op"),
    name=languages,
    component=st.just(""),
    per=st.sampled_from(["piece", "kg", "declared_unit"]),
    model=texts,
    model_material=optional_text,
    model_inputs=st.sampled_from(
        [
            (),
            (
                ("wall", Value(1.5, "mm")),
                ("shot mass.总", Value(3.0, "g", note="two cavities")),
                ("cavities", Value(4.0, "1")),
            ),
        ]
    ),
    energy=several(energy_uses),
    inputs=several(materials, 1),
    direct_emissions=several(st.builds(DirectEmission, texts, masses)),
    waste=several(st.builds(Waste, texts, amounts, optional_text)),
    stage=st.sampled_from(STAGES),
    own=st.booleans(),
    data_kind=st.sampled_from(DATA_KINDS),
    pedigree=pedigrees,
    note=notes,
    evidence=evidence,
)
site_products = st.builds(
    SiteProduct, texts, counts, positive_masses, values("h"), values("CNY", "万CNY"), this=st.just(False)
)
sites = st.builds(
    Site,
    name=optional_languages,
    place=optional_places,
    meters=several(
        st.builds(Meter, texts, energies, optional_text, st.sampled_from(DATA_KINDS), evidence, notes)
    ),
    products=several(site_products).map(
        lambda items: items and (items[0].__class__(*_fields(items[0])[:-1], True), *items[1:])
    ),
    declared_units=values("piece", low=1),
    basis=st.sampled_from(ALLOCATION_BASES),
    reason=optional_text,
)


def _fields(item: SiteProduct) -> tuple[object, ...]:
    return (item.name, item.pieces, item.mass, item.machine_hours, item.revenue, item.this)


contracts = st.builds(
    Contract,
    st.just("c1"),
    st.sampled_from(CONTRACT_KINDS),
    values("kWh", "MWh"),
    texts,
    optional_text,
    *([st.booleans()] * 5),
    evidence,
    notes,
)
electricities = st.builds(
    Electricity,
    optional_places,
    values("kWh"),
    several(contracts, 1),
    optional_text,
    optional_text,
    optional_text,
)
one = Value(1.0, "1")
uses = st.builds(
    Use,
    place=optional_places,
    modes=several(st.builds(UseMode, languages, values("W", "kW"), values("h/year", high=4000))),
    losses=st.none()
    | st.builds(
        JouleLosses,
        values("A", low=0.1),
        values("mohm", "ohm", low=0.01),
        st.none() | values("mV", low=0.01),
        st.none() | values("A", low=0.01),
        st.just(one) | values("1", low=1),
        several(st.builds(LoadPoint, values("1", high=0.5), shares)),
    ),
    grid=st.just(()) | st.builds(GridYear, st.just(one), texts, optional_text).map(lambda item: (item,)),
    consumables=several(materials, 1),
)


@st.composite
def routes(draw: st.DrawFn, name: str) -> EndOfLifeRoute:
    dataset = draw(optional_text)
    share = draw(st.sampled_from([0.25, 0.5, 1.0]))
    rest = None if share == 1.0 else Value(1.0 - share, "1", note=draw(notes))
    return EndOfLifeRoute(
        id=name,
        name=draw(optional_languages),
        materials=draw(several(texts)),
        recycling=Value(share, "1"),
        landfill=rest,
        recycling_dataset=dataset,
        heat_dataset=draw(optional_text),
        quality_out=draw(st.none() | shares),
        allocation_factor=draw(st.none() | shares),
        heating_value=draw(st.none() | values("MJ/kg", "kWh/kg")),
    )


ends = st.builds(
    EndOfLife,
    method=st.sampled_from(END_OF_LIFE_METHODS),
    technology_year=st.none() | st.integers(1990, 2100),
    legs=several(legs),
    dismantling=several(energy_uses),
    routes=st.tuples(routes(ROUTES[0]), routes(ROUTES[1])),
)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, second = sorted([draw(days), draw(days)])
    return Period(first, second)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """One complete study that breaks no rule of the document."""
    numbers = list(reversed(PARTS))
    return Study(
        id=draw(texts),
        title=draw(languages),
        product=Product(
            draw(languages),
            Organisation(draw(languages), draw(optional_places), draw(optional_text)),
            draw(positive_masses),
            draw(several(texts)),  # type: ignore[arg-type]
            draw(st.sampled_from(["", "4006381333931"])),
            draw(st.sampled_from([(), (("CPC", "46212"), ("ECLASS 13; x", "27=14"))])),
            draw(st.none() | values("year", low=1)),
            draw(optional_languages),
        ),
        unit=Unit(
            draw(values("piece", "kg", low=1)),
            draw(optional_languages),
            draw(st.none() | values("year", "1", low=1)),
        ),
        boundary=draw(st.sampled_from(["cradle_to_gate", "cradle_to_grave"])),
        period=draw(periods()),
        rule_pack=draw(texts),
        place=draw(places),
        components=tuple(draw(components(numbers, 3)) for _ in range(draw(st.integers(1, 3)))),
        revision=draw(st.integers(1, 99)),
        language=draw(st.sampled_from(["en", "zh"])),
        databases=draw(
            st.sampled_from([(), (DatabaseReference("starter", "starter.zip", "sha256:" + "a" * 64),)])
        ),
        parameters=(
            Parameter("weight", draw(values("g", low=0.001)), draw(optional_languages)),
            Parameter("双倍", Value(None, "kg", "weight * 2"), Text(zh="两倍")),
        ),
        operations=draw(several(operations, 1)),  # type: ignore[arg-type]
        site=draw(st.just(Site()) | sites),
        electricity=draw(st.just(Electricity()) | electricities),
        inbound=draw(several(legs)),  # type: ignore[arg-type]
        packaging=draw(  # type: ignore[arg-type]
            several(
                st.builds(
                    Packaging, languages, materials, st.sampled_from(["primary", "secondary", "transport"])
                )
            )
        ),
        markets=draw(
            st.sampled_from(
                [(), (Market("CN", Value(0.75, "1")), Market("DE", Value(0.25, "1", note="2025")))]
            )
        ),
        installation=draw(
            st.none() | st.builds(Installation, several(energy_uses), several(materials, 1), st.booleans())
        ),
        use=draw(st.none() | uses),
        end_of_life=draw(ends),
        cut_offs=draw(  # type: ignore[arg-type]
            several(st.builds(CutOff, languages, st.sampled_from(STAGES), shares, st.just("mass"), languages))
        ),
        choices=draw(
            st.just(())
            | st.builds(Choice, texts, texts, optional_text, st.none() | days, notes).map(
                lambda item: (item,)
            )
        ),
        scenarios=draw(
            st.just(())
            | st.builds(
                Scenario,
                st.just("other"),
                languages,
                st.sampled_from([(), (Change("parameters.weight.value", "0.3 g"), Change("revision", 2))]),
            ).map(lambda item: (item,))
        ),
        evidence=tuple(
            Evidence(
                name,
                draw(languages),
                draw(st.sampled_from(["document", "invoice"])),
                draw(digests),
                draw(optional_text),
                draw(several(texts)),
            )  # type: ignore[arg-type]
            for name in EVIDENCE
        ),
        assumptions=draw(several(languages)),  # type: ignore[arg-type]
        pcr=draw(optional_text),
        pcr_exists=draw(st.sampled_from([None, True, False])),
    )
