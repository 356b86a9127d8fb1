"""Seal a study: calculate it once, keep everything the calculation took, and prove at once that this is enough."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import attrs
import cattrs
import numpy as np

from cradlemark import __version__
from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle, make_bundle
from cradlemark.footprint.bundle.recompute import recompute
from cradlemark.footprint.bundle.redact import COMMITMENTS, SECRET, commitments
from cradlemark.footprint.bundle.tracking import RecordingFinder, TrackedBackground, tracked, used_part
from cradlemark.footprint.calculate import DRAWS, SEED, Calculation, Model
from cradlemark.inventory.database import BackgroundSample, Database, Inventory
from cradlemark.product.link import Finder
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.study import Study
from cradlemark.product.writers.study_toml import write_study_toml
from cradlemark.rules.definitions import RulePack


@attrs.frozen(eq=False)
class Sealed:
    """A calculation and the bundle it can be recomputed from."""

    calculation: Calculation
    bundle: Bundle


def seal_study(
    study: Study, inventory: Inventory, finder: Finder, pack: RulePack, *, pack_document: Mapping[str, Any],
    secret: bytes, scenario: str = "", draws: int = DRAWS, seed: int = SEED,
) -> Sealed:  # fmt: skip
    """Calculate a study and put everything the result rests on into one bundle.

    Parameters
    ----------
    pack : RulePack
    pack_document : mapping
        Resolved document that the pack was read from.
    secret : bytes
        At least 32 random bytes, from which the salts of the lines are made.
    scenario : str
        Scenario to seal; empty for the study as it stands.

    Raises
    ------
    MissingDataErrors, InputErrors
        As the calculation: a study with gaps is not sealed.
    StateError
        ``bundle-incomplete`` when the bundle alone does not give the same bytes; nothing is sealed then.
    """
    document = write_study_toml(study).encode()
    written = parse_study_toml(document)  # what is sealed is what stands in the document
    followed, recorder = tracked(inventory), RecordingFinder(finder)
    calculation = Model.of(written, followed, recorder, pack, scenario=scenario).calculate(
        draws=draws, seed=seed
    )
    footprint = calculation.footprint
    parts = {
        "study.toml": document,
        "rules.json": canonical_json(_plain(pack_document)),
        "matches.json": canonical_json([
            {"query": cattrs.unstructure(query), "match": cattrs.unstructure(match)}
            for query, match in sorted(recorder.answers.items(), key=lambda item: canonical_json(cattrs.unstructure(item[0])))
        ]),
        "datasets.json": canonical_json([_database(database) for database in followed.databases]),
        "result.json": calculation.document,
        COMMITMENTS: canonical_json(commitments(json.loads(calculation.document)["lines"], secret)),
        SECRET: secret,
    }  # fmt: skip
    about = {
        "software": __version__, "study": footprint.versions.study, "result": footprint.digest,
        "rule_pack": pack.digest, "scenario": scenario, "draws": draws, "seed": seed,
        "product": footprint.subject.product.as_dict(),
    }  # fmt: skip
    bundle = make_bundle(about, parts)
    outcome = recompute(bundle)
    if not outcome.identical:
        raise StateError(
            Text(f"the bundle does not give the same result: {outcome.difference}", f"该包得到的结果不同：{outcome.difference}"), code="bundle-incomplete",
            hint=Text("this is a fault of the program, please report it; nothing was sealed", "这是程序的错误，请报告；未封存任何内容"),
        )  # fmt: skip
    return Sealed(calculation, bundle)


def _database(database: Database) -> dict[str, Any]:
    datasets = used_part(database)
    background = database.background
    samples = background.samples if isinstance(background, TrackedBackground) else []
    return {
        "id": database.id, "version": database.version, "digest": database.digest, "licence": database.licence,
        "source": database.source, "datasets": [cattrs.unstructure(item) for item in datasets.values()],
        "computed": background is not None, "sample": _sample(samples[0]) if samples else None,
    }  # fmt: skip


def _sample(sample: BackgroundSample) -> dict[str, Any]:
    """Draws as base64 of little-endian float64: exact, and a tenth of the length of digits."""
    ratios = {
        key: base64.b64encode(np.ascontiguousarray(values, "<f8").tobytes()).decode()
        for key, values in sample.ratios.items()
    }
    return {
        "ratios": ratios, "gsd": dict(sample.gsd), "seed": sample.seed, "count": sample.count, "refused": sample.refused,
    }  # fmt: skip


def _plain(content: Any) -> Any:
    """Dates of TOML as text."""
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return content.isoformat() if hasattr(content, "isoformat") else content
