"""Places in a document: the program's words are translated, the user's are not."""

from __future__ import annotations

import pytest

from cradlemark.core.positions import place_in, spot_in


@pytest.mark.parametrize(
    ("where", "chinese"),
    [
        ("bom.xlsx, sheet Materials, row 14, column unit", "bom.xlsx, 工作表 Materials, 第 14 行, 列 unit"),
        ("a.zip, p.xml, data set 7 (steel), exchange 3", "a.zip, p.xml, 数据集 7 (steel), 交换 3"),
        ("a.csv, product stage at line 90 (block)", "a.csv, 第 90 行的产品阶段 (block)"),
        ("a.csv, global parameters, parameter x", "a.csv, 全局参数, 参数 x"),
        ("a.zip, resource group g, entry 5", "a.zip, 资源组 g, 条目 5"),
        ("process steel, exchange 2", "过程 steel, 交换 2"),
        # names of the user that only look alike
        ("a.zip, processes/p.json", "a.zip, processes/p.json"),
        ("row house.csv, line of business, unitary", "row house.csv, line of business, unitary"),
        ("", ""),
    ],
)
def test_places(where: str, chinese: str) -> None:
    assert place_in(where, "zh") == chinese
    assert place_in(where, "en") == where


@pytest.mark.parametrize(
    ("message", "spot"),
    [
        ("mismatched tag: line 3, column 4", "（第 3 行第 4 列）"),
        ("Expecting value: line 1 column 1 (char 0)", "（第 1 行第 1 列）"),
        ("Invalid value (at line 2, column 5)", "（第 2 行第 5 列）"),
        ("nothing is said", ""),
    ],
)
def test_spots_of_parsers(message: str, spot: str) -> None:
    assert spot_in(message) == spot
