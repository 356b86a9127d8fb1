"""Study documents of the demonstration's products; each one calculates by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from cradlemark.core.toml import read_toml

TRUCK, GRID_TEXT, GAS = "cn-cpcd-65119x0282024c", "electricity", "fu-gb-2025-natural-gas-kwh-ncv"
OTHER = 3.0
"""Mass of everything else that the plant makes, as a multiple of this product."""


@cache
def content() -> Mapping[str, Any]:
    """Makers and products."""
    return read_toml(
        files("cradlemark.portal.showcase").joinpath("products.toml").read_bytes(), where="products.toml"
    )


def study_document(product: str, *, year: int, heavier: float = 1.0) -> str:
    """The study of a product.

    Parameters
    ----------
    product : str
        Its id.
    year : int
        Of the data.
    heavier : float
        Factor on the mass of the first part [1]: what a first weighing got wrong.
    """
    one = next(found for found in content()["products"] if found["id"] == product)
    maker = next(found for found in content()["makers"] if found["id"] == one["maker"])
    masses = [part[4] * (heavier if place == 0 else 1.0) for place, part in enumerate(one["parts"])]
    sections = (
        _head(one, maker, year), _product(one, maker, sum(masses), year), *map(_part, one["parts"], masses),
        _making(one, maker, sum(masses), year), _rest(one, year),
    )  # fmt: skip
    return "\n".join(sections)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _both(text: Mapping[str, str]) -> str:
    return f"{{ en = {_text(text['en'])}, zh = {_text(text['zh'])} }}"


def _head(one: Mapping[str, Any], maker: Mapping[str, Any], year: int) -> str:
    return f"""id = "{one["id"]}"
title = {_both(one["name"])}
boundary = "cradle_to_gate"
period = "{year}"
rule_pack = "gb-t-24067-2024"
place = "{maker["place"]}"
language = "zh"
pcr_exists = false
databases = ["starter"]
assumptions = [{{ en = "Maker, model and amounts are made up for a demonstration.", zh = "企业、型号和数据均为演示用途的虚构内容。" }}]
"""


def _product(one: Mapping[str, Any], maker: Mapping[str, Any], mass: float, year: int) -> str:
    return f"""[product]
name = {_both(one["name"])}
holder = {{ name = {_both(maker["name"])}, country = "CN" }}
mass = {{ value = "{mass:.6g} kg", note = "weighed without packaging, mean of 50 pieces, {year}", evidence = ["weighing"] }}
models = ["{one["model"]}"]
classification = {{ HS = "{one["hs"]}" }}
description = {_both(one["name"])}

[unit]
declared = "1 piece"

[[components]]
part_number = "{one["model"]}"
name = {_text(one["name"]["zh"])}
quantity = "1 piece"
"""


def _part(part: list[Any], mass: float) -> str:
    number, en, zh, text, _mass, share, _dataset, distance = part
    return f"""[[components.children]]
part_number = "{number}"
name = {_text(zh)}
quantity = "1 piece"
materials = [{{ text = {_text(text)}, amount = "{mass:.6g} kg", yields = ["{100 * share:g} %"], scrap_route = "recycled_external", data_kind = "secondary", origin = "CN", legs = [{{ distance = "{distance} km", mode = "重型柴油货车" }}], note = {_text(en)}, evidence = ["weighing"] }}]
"""


def _making(one: Mapping[str, Any], maker: Mapping[str, Any], mass: float, year: int) -> str:
    carriers = [(GRID_TEXT, one["electricity"])] + ([("natural gas", one["gas"])] if "gas" in one else [])
    energy = ", ".join(
        f'{{ carrier = "{carrier}", amount = {{ value = "{amount} kWh", evidence = ["meters"] }} }}'
        for carrier, amount in carriers
    )
    whole = mass * one["pieces"] / 1000
    meter = max(one["electricity"] * one["pieces"] / 1000 * 0.15, 1.0)
    return f"""[[operations]]
id = "making"
name = {{ en = "Making, from material to packed product", zh = "制造：从材料到包装成品" }}
per = "declared_unit"
data_kind = "measured"
pedigree = [1, 1, 1, 1, 1, 1]
energy = [{energy}]
evidence = ["meters"]

[site]
name = {_both({"en": f"{maker['name']['en']}, plant 1", "zh": f"{maker['name']['zh']}一厂"})}
place = "{maker["place"]}"
declared_units = "{one["pieces"]} piece"
basis = "mass"
reason = "All products run on the same lines; compressed air, light and ventilation follow the mass made"

[[site.meters]]
carrier = "{GRID_TEXT}"
amount = {{ value = "{meter:.4g} MWh", note = "compressed air, lighting, ventilation, {year}: main meter less sub-meters" }}
evidence = ["meters"]

[[site.products]]
name = "{one["model"]}"
this = true
pieces = "{one["pieces"]} piece"
mass = "{whole:.6g} t"

[[site.products]]
name = "Other products 其他产品"
mass = "{OTHER * whole:.6g} t"

[electricity]
place = "{maker["place"]}"
"""


def _rest(one: Mapping[str, Any], year: int) -> str:
    chosen = {part[3]: part[6] for part in one["parts"]} | {"重型柴油货车": TRUCK}
    if "gas" in one:
        chosen["natural gas"] = GAS
    choices = "\n".join(
        f"""[[choices]]
text = {_text(text)}
dataset = "{dataset}"
confirmed_by = "Product data"
confirmed_on = {year + 1}-02-20
"""
        for text, dataset in chosen.items()
    )
    return f"""[[cut_offs]]
name = {{ en = "Machines and tools", zh = "设备和模具" }}
stage = "A3"
share = {{ value = "0.5 %", note = "Mass of machines over their output; estimated" }}
criterion = "environmental_significance"
reason = {{ en = "Capital goods", zh = "资本品" }}

{choices}
[[evidence]]
id = "weighing"
title = {{ en = "Weighing record of parts, {year}", zh = "零件称重记录，{year} 年" }}
kind = "measurement"
supports = ["product.mass", "components"]

[[evidence]]
id = "meters"
title = {{ en = "Sub-meters, main meters and good output by month, {year}", zh = "分表、总表及月度合格产量，{year} 年" }}
kind = "measurement"
supports = ["operations", "site.meters"]
"""
