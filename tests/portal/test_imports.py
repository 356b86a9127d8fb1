"""A bill of materials becomes a study: real-looking workbooks, columns, matches, apply; hostile files are refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

BAD = Path("tests/assets/bad")
SAMPLES = Path("../shared/data/samples")
GERMAN = (
    "Stücklistenstufe;Materialnummer;Objektkurztext;Werkstoff;Menge;ME;Gewicht (g)\n"
    "1;100-10;Gehäuse;PA66 GF30;1,000;ST;6,48\n"
    "1;100-20;Kontakt;CuSn6;2,000;ST;1,25\n"
    "1;100-30;Schraube;Vergütungsstahl 8.8;2,000;ST;abc\n"
)
CHINESE = "层级,物料编码,物料名称,材质,用量,单位,单重(g)\n1,A-1,绝缘座,PA66,1,个,3.6\n1,A-2,导电条,T2紫铜,2,个,1.5\n1,A-3,装饰件,神秘合金X9,1,个,0.4\n"

SignIn = Callable[..., Client]


def sent(client: Client, name: str, content: bytes, **more: str) -> Any:
    return client.post("/imports/new/", {"file": SimpleUploadedFile(name, content), **more})


def imported(client: Client, name: str, content: bytes, **more: str) -> Any:
    from cradlemark.registry.studies.models import BillImport

    response = sent(client, name, content, **more)
    assert response.status_code == 302, response.content.decode()[:2000]
    return BillImport.objects.get(pk=int(response.headers["Location"].split("/")[2]))


def grams(kept: Any) -> list[float]:
    """Net masses of the components of an import [g]."""
    from cradlemark.registry.studies.bill import components_of

    amounts = [part.materials[0].amount for part in components_of(kept)]
    return [amount.magnitude * {"kg": 1000.0, "g": 1.0}[amount.unit] for amount in amounts]


def test_workbook_of_an_erp_becomes_a_study_with_its_lines_and_its_result(signed_in: SignIn) -> None:
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.studies.models import Version

    client = signed_in("practitioner")
    kept = imported(client, "bom.xlsx", Path("examples/terminal-block/bom.xlsx").read_bytes())
    assert kept.reading["lines"] == 6
    page = client.get(f"/imports/{kept.pk}/").content.decode()
    assert "单重 (g)" in page
    assert '<option value="net_mass" selected>' in page
    rows = client.get(f"/imports/{kept.pk}/matches/").content.decode()
    assert "T2紫铜带" in rows
    made = client.post(f"/imports/{kept.pk}/apply/", {"name_zh": "接线端子", "name_en": "Terminal block"})
    assert made.status_code == 302
    study = parse_study_toml(Version.objects.get().document)
    assert (study.product.name.zh, study.product.name.en) == ("接线端子", "Terminal block")
    assert {part.part_number for part in study.components[0].children} >= {"SJ-025-0012", "ZJ-025-0100"}
    kept.refresh_from_db()
    assert bytes(kept.content) == b""
    assert client.get(made.headers["Location"]).status_code == 200
    assert {"studies:import:upload", "studies:import:apply"} <= set(
        Event.objects.values_list("tag", flat=True)
    )
    again = client.post(f"/imports/{kept.pk}/apply/", {"name_zh": "接线端子"})
    assert again.status_code == 422
    assert Version.objects.count() == 1


def test_german_file_with_decimal_commas_keeps_the_good_rows_and_names_the_bad_one(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    kept = imported(client, "stueckliste.csv", GERMAN.encode("cp1252"))
    assert grams(kept) == pytest.approx([6.48, 1.25], rel=1e-12)
    page = client.get(f"/imports/{kept.pk}/").content.decode()
    assert "row 4" in page
    assert "abc" in page


def test_row_that_a_comma_has_cut_is_left_out_and_its_place_is_said_in_the_language_of_the_page(
    signed_in: SignIn,
) -> None:
    client = signed_in("practitioner")
    text = "料号,名称,单重(g),数量\nA-1,绝缘座,3.6,1\nA-2,导电条,1,5,2\nA-3,装饰件,一,1\n"
    kept = imported(client, "bom.csv", text.encode("gb18030"))
    assert grams(kept) == pytest.approx([3.6])
    address = f"/imports/{kept.pk}/"
    english = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "bom.csv, row 3, column E" in english
    chinese = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "bom.csv, 第 3 行 E 列" in chinese
    assert "bom.csv, 第 4 行 C 列（单重(g)）" in chinese
    assert "bom.csv, row" not in chinese


def test_chinese_file_in_gb18030_leaves_the_unknown_material_open_and_first(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    kept = imported(client, "物料清单.csv", CHINESE.encode("gb18030"))
    assert kept.name == "物料清单.csv"
    page = client.get(f"/imports/{kept.pk}/matches/").content.decode()
    assert page.index("神秘合金X9") < page.index("PA66")
    assert "No dataset stands for this line." in page


def test_dataset_found_by_search_is_taken_and_written_into_the_study(signed_in: SignIn) -> None:
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.registry.studies.models import Version

    client = signed_in("practitioner")
    kept = imported(client, "bom.csv", CHINESE.encode("gb18030"))
    row = re.search(
        r'id="row-(\d+)"><legend>神秘合金X9', client.get(f"/imports/{kept.pk}/matches/").content.decode()
    )
    assert row is not None
    address = f"/imports/{kept.pk}/matches/{row[1]}/"
    found = client.get(address, {"q": "zinc"}).content.decode()
    dataset = re.findall(r'name="dataset" value="([^"]+)"', found)[0]
    assert client.post(address, {"q": "zinc", "dataset": "no-such-dataset"}).status_code == 404
    assert client.post(address, {"q": "zinc", "dataset": dataset}).status_code == 302
    assert "chosen by you" in client.get(f"/imports/{kept.pk}/matches/").content.decode()
    assert client.post(f"/imports/{kept.pk}/apply/", {"name_en": "Part"}).status_code == 302
    choices = parse_study_toml(Version.objects.get().document).choices
    assert [(choice.text, choice.dataset) for choice in choices] == [("神秘合金X9", dataset)]
    assert choices[0].confirmed_by


def test_columns_without_a_header_are_named_by_hand_and_read_at_once(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    content = b"100-10;Housing;PA66;1;6.5\n100-20;Contact;brass CuZn37;2;1.25\n"
    kept = imported(client, "plain.csv", content)
    assert kept.reading["lines"] == 0
    assert "No header was recognised" in client.get(f"/imports/{kept.pk}/").content.decode()
    named = {
        "field-A": "part_number",
        "field-B": "name",
        "field-C": "material",
        "field-D": "quantity",
        "field-E": "net_mass",
    }
    done = client.post(
        f"/imports/{kept.pk}/", {**named, "unit-E": "g", "header_row": "0", "header_rows": "1"}
    )
    assert done.status_code == 302
    kept.refresh_from_db()
    assert kept.reading["lines"] == 2
    assert grams(kept) == pytest.approx([6.5, 1.25], rel=1e-12)


def test_another_unit_moves_the_masses(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    kept = imported(client, "plain.csv", b"part number,name,material,quantity,net mass (g)\nA,Box,PP,1,6.5\n")
    page = client.get(f"/imports/{kept.pk}/").content.decode()
    fields = dict(re.findall(r'<select name="(field-\w)".*?<option value="(\w+)" selected>', page, re.DOTALL))
    assert fields["field-E"] == "net_mass"
    client.post(f"/imports/{kept.pk}/", {**fields, "unit-E": "kg", "header_row": "1", "header_rows": "1"})
    kept.refresh_from_db()
    assert grams(kept) == pytest.approx([6500.0], rel=1e-12)


def test_no_bad_bill_is_a_fault(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    paths = sorted(BAD.glob("bom_*.[cj]s*"))
    assert len(paths) > 20
    for path in paths:
        response = sent(client, path.name, path.read_bytes())
        if response.status_code == 302:
            assert client.get(response.headers["Location"]).status_code == 200, path
            assert client.get(f"{response.headers['Location']}matches/").status_code in {200, 422}, path
        else:
            assert response.status_code == 422, path
            assert 'role="alert"' in response.content.decode(), path


def test_workbook_of_another_program_is_read_and_its_other_sheets_are_offered(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    path = SAMPLES / "brightway_excel" / "sample_parameterized_database.xlsx"
    kept = imported(client, path.name, path.read_bytes())
    sheets = kept.reading["sheets"]
    assert len(sheets) > 1
    other = next(sheet for sheet in sheets if sheet != kept.reading["sheet"])
    assert client.post(f"/imports/{kept.pk}/", {"sheet": other}).status_code == 302
    kept.refresh_from_db()
    assert kept.reading["sheet"] == other
    assert client.get(f"/imports/{kept.pk}/").status_code == 200


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


HOSTILE = {
    "bomb.xlsx": packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * 60_000_000}),
    "outside.xlsx": packed({"xl/workbook.xml": b"<workbook/>", "../../etc/passwd": b"x"}),
    "entity.xlsx": packed({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'}),
    "wide.csv": (",".join(f"c{n}" for n in range(3000)) + "\n").encode(),
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "program.exe": b"MZ\x90\x00" + bytes(300),
    "empty.csv": b"",
    "deep.json": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "not.json": b'{"children": [',
}


def test_hostile_file_is_refused_with_a_reason(signed_in: SignIn) -> None:
    from cradlemark.registry.studies.models import BillImport

    client = signed_in("practitioner")
    for name, content in HOSTILE.items():
        response = sent(client, name, content)
        assert response.status_code == 422, name
        assert 'role="alert"' in response.content.decode(), name
    assert not BillImport.objects.exists()


def test_file_over_the_limit_is_refused_before_it_is_read(signed_in: SignIn) -> None:
    response = sent(signed_in("practitioner"), "large.csv", b"a,b\n" * 6_500_000)
    assert response.status_code == 422
    assert "25 MB" in response.content.decode()


def test_reader_that_takes_too_much_memory_or_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from cradlemark.core.errors import InputError
    from cradlemark.registry.studies import reading

    greedy = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); bytes(2 << 30)"
    monkeypatch.setattr(reading, "_command", lambda kind, folder: [reading.sys.executable, "-c", greedy])
    with pytest.raises(InputError) as raised:
        reading.read_limited("bill", "bom.csv", b"a,b\n1,2\n")
    assert raised.value.code == "file-too-costly"


def test_reader_sets_its_own_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    from cradlemark.registry.studies import limited

    set_limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, bounds: set_limits.update({kind: bounds}))
    (tmp_path / "order.json").write_text('{"name": "bom.csv"}')
    (tmp_path / "bom.csv").write_text(CHINESE)
    limited.main("bill", tmp_path)
    assert set_limits == {resource.RLIMIT_AS: (1 << 30, 1 << 30), resource.RLIMIT_CPU: (30, 30)}


def test_import_of_another_organisation_is_not_there(signed_in: SignIn) -> None:
    from cradlemark.registry.people.models import Organisation
    from cradlemark.registry.studies.models import BillImport

    client = signed_in("practitioner")
    kept = imported(client, "bom.csv", CHINESE.encode())
    other = Organisation.objects.create(kind="manufacturer", name_en="Other", place="CN")
    BillImport.objects.filter(pk=kept.pk).update(organisation=other)
    for path in ("", "matches/", "matches/1/", "apply/"):
        assert client.get(f"/imports/{kept.pk}/{path}").status_code == 404


def test_bill_replaces_the_components_of_a_study_and_can_be_undone(signed_in: SignIn) -> None:
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.registry.studies.models import Study

    client = signed_in("practitioner")
    kept = imported(client, "bom.csv", CHINESE.encode())
    client.post(f"/imports/{kept.pk}/apply/", {"name_en": "Part"})
    study = Study.objects.get()
    second = imported(client, "other.csv", GERMAN.encode(), study=str(study.pk))
    assert client.post(f"/imports/{second.pk}/apply/").status_code == 302
    last = study.versions.last()
    assert last is not None
    assert [part.part_number for part in parse_study_toml(last.document).components] == ["100-10", "100-20"]
    client.post(f"/studies/{study.pk}/undo/", {"seen": "2"})
    restored = study.versions.last()
    assert restored is not None
    assert restored.restores == 1


def test_document_cannot_read_files_of_the_server(signed_in: SignIn, tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(CHINESE)
    document = (
        Path("examples/terminal-block/study.toml").read_text().replace("bom.xlsx", str(tmp_path / "bom.csv"))
    )
    assert str(tmp_path) in document
    response = signed_in("practitioner").post(
        "/products/new/", {"document": SimpleUploadedFile("study.toml", document.encode())}
    )
    assert response.status_code == 422
    assert (
        "file-refused" in response.content.decode()
        or "files cannot be named here" in response.content.decode()
    )
