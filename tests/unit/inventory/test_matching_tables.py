"""The tables of concepts are whole: ids, parents, sources, status words, links to datasets."""

import csv
from importlib import resources

import attrs

from cradlemark.inventory.concepts import concepts_of_dataset, packaged_concepts
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching.index import stand_of
from cradlemark.inventory.matching.lexicon import packaged_lexicon
from cradlemark.inventory.matching.recognise import packaged_recogniser
from cradlemark.inventory.starter import starter_database

KINDS = {"material", "process", "energy", "electricity", "transport", "waste", "release", "part", "service"}


def rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("cradlemark.inventory") / "datasets" / name).read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("# ")))


def test_concepts_are_unique_named_twice_and_form_trees() -> None:
    concepts = packaged_concepts()
    ids = [row["id"] for row in rows("concepts.csv")]
    assert len(ids) == len(set(ids)) == len(concepts.by_id)
    for concept in concepts.by_id.values():
        assert concept.kind in KINDS
        assert concept.name.complete, concept.id
        assert not concept.parent or concept.parent in concepts.by_id, concept.id
        assert bool(concept.parent) == bool(concept.penalty), concept.id
        steps = [step for step, _ in concepts.lineage(concept.id)]
        assert len(steps) == len(set(steps))
        assert {concepts[step].kind for step in steps} == {concept.kind}, concept.id


def test_every_designation_and_trade_name_has_a_source_and_a_status() -> None:
    concepts = packaged_concepts()
    for name in concepts.names:
        assert name.concept in concepts.by_id, name
        assert name.status in {"common", "structural", "verified", "unverified"}, name
        if name.naming != "name":
            assert name.source, name
            assert name.standard, name
            assert "," not in name.text, name


def test_one_writing_has_one_meaning_in_one_kind() -> None:
    concepts = packaged_concepts()
    for key, entry in packaged_lexicon().entries.items():
        named = {name.concept for name in entry.names}
        for one in named:
            for other in named - {one}:
                assert concepts[one].kind != concepts[other].kind or concepts.related(one, other), (
                    key,
                    named,
                )


def test_links_lead_to_packaged_datasets_and_concepts() -> None:
    concepts, datasets = packaged_concepts(), starter_database().datasets
    for dataset, stand in concepts.stands.items():
        assert dataset in datasets
        assert stand.concepts
        assert set(stand.concepts) <= set(concepts.by_id), dataset
        assert stand.variant in {"", "virgin", "recycled"}
        assert stand.note.complete or not stand.note, dataset
        assert (datasets[dataset].category == "waste_treatment") == bool(stand.treatment), dataset
    assert concepts_of_dataset("der-cuzn37-primary") == ("cuzn37", "brass")
    assert concepts_of_dataset("no-such-dataset") == ()


def test_nearly_every_packaged_dataset_is_linked() -> None:
    datasets = starter_database().datasets
    unlinked = [id_ for id_ in datasets if not concepts_of_dataset(id_)]
    assert all(id_.startswith("pr-ipcc-") for id_ in unlinked)
    assert len(unlinked) <= 15


def test_names_of_linked_datasets_do_not_contradict_their_links() -> None:
    """The recogniser, reading only the names of packaged materials, agrees with the hand-made table."""
    concepts, recogniser = packaged_concepts(), packaged_recogniser()
    agree = read = 0
    for dataset in starter_database().datasets.values():
        linked = concepts_of_dataset(dataset.id)
        if dataset.boundary != "cradle_to_gate" or not linked or dataset.category == "fuel_supply":
            continue
        by_name = stand_of(_foreign(dataset), concepts, recogniser)
        if by_name.concepts:
            read += 1
            agree += any(concepts.related(by_name.concepts[0], one) for one in linked)
    assert read > 150
    assert agree / read >= 0.9


def _foreign(dataset: Dataset) -> Dataset:
    return attrs.evolve(dataset, database="own")
