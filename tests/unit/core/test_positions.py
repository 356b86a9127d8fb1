"""Places in a document: the program's words are translated, the user's are not."""

from __future__ import annotations

import pytest

from cradlemark.core.positions import place_in, spot_in


@pytest.mark.parametrize(
    ("where", "chinese"),
    [
        ("bom.xlsx, sheet Materials, row 14, column unit", "bom.xlsx, 工作表 Materials, 第 14 行 unit 列"),
        ("bom.csv, row 3, column D (数量)", "bom.csv, 第 3 行 D 列（数量）"),
        ("bom.csv, row 3, column D (单重(g))", "bom.csv, 第 3 行 D 列（单重(g)）"),
        ("bom.csv, row 3, column D (mass, kg)", "bom.csv, 第 3 行 D 列（mass, kg）"),
        ("bom.csv, row 3, column D (row, column)", "bom.csv, 第 3 行 D 列（row, column）"),
        ("bom.csv, row 3", "bom.csv, 第 3 行"),
        ("bom.csv, row 3, column D", "bom.csv, 第 3 行 D 列"),
        ("bom.xlsx, sheet BOM, column F", "bom.xlsx, 工作表 BOM, F 列"),
        ("column value", "value 列"),
        (
            "study.toml, table packaging[0], key material, line 174",
            "study.toml, 表 packaging[0], 键 material, 第 174 行",
        ),
        ("study.toml, line 3, column 5", "study.toml, 第 3 行第 5 列"),
        (
            "z.zip, Z.csv, line 2, column 4 (steel, M EUR; power)",
            "z.zip, Z.csv, 第 2 行第 4 列（steel, M EUR; power）",
        ),
        ("study.toml, mode row 3", "study.toml, 模式第 3 行"),
        ("a.xlsx, part xl/sheet1.xml", "a.xlsx, 部分 xl/sheet1.xml"),
        ("a.zip, p.xml, data set 7 (steel), exchange 3", "a.zip, p.xml, 数据集 7 (steel), 交换 3"),
        ("a.csv, product stage at line 90 (block)", "a.csv, 第 90 行的产品阶段 (block)"),
        ("a.csv, global parameters, parameter x", "a.csv, 全局参数, 参数 x"),
        ("a.zip, resource group g, entry 5", "a.zip, 资源组 g, 条目 5"),
        ("process steel, exchange 2", "过程 steel, 交换 2"),
        # names of the user that only look alike
        ("a.zip, processes/p.json", "a.zip, processes/p.json"),
        ("product list.csv, row 3", "product list.csv, 第 3 行"),
        ("part list.xlsx, sheet unit, row 3", "part list.xlsx, 工作表 unit, 第 3 行"),
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
