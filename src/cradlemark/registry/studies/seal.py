"""Seal a version of a study: from here on it can be recomputed and handed in."""

from __future__ import annotations

import datetime
import json
import os

from cradlemark.footprint.bundle.archive import Bundle, read_bundle
from cradlemark.footprint.bundle.seal import Sealed, seal_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.compiled import packaged_inventory, packaged_matcher
from cradlemark.registry.studies.models import Revision, Version
from cradlemark.registry.writing import writing
from cradlemark.rules.pack import load_pack, pack_document


def sealed(document: str, *, secret: bytes) -> Sealed:
    """Calculate a study document and seal it; raises as `cradlemark.footprint.bundle.seal.seal_study`."""
    study = parse_study_toml(document.encode())
    return seal_study(
        study, packaged_inventory(), packaged_matcher(), load_pack(study.rule_pack),
        pack_document=pack_document(study.rule_pack), secret=secret,
    )  # fmt: skip


def seal(version: Version, *, by: Actor, time: datetime.datetime) -> Revision:
    """Seal a version; one that is sealed already is returned as it is.

    Raises
    ------
    MissingDataErrors, InputErrors
        A study with gaps is not sealed.
    """
    done = Revision.objects.filter(version=version).first()
    return done or keep(sealed(version.document, secret=os.urandom(32)), version, by=by, time=time)


def keep(made: Sealed, version: Version, *, by: Actor, time: datetime.datetime) -> Revision:
    """Keep what was sealed as the revision of a version; the first one stays when it was sealed twice at once."""
    findings = made.calculation.footprint.findings
    with writing():
        done = Revision.objects.filter(version=version).first()
        if done is not None:
            return done
        record(
            "studies:revision:seal", made.bundle.digest, by=by, time=time, detail={"study": version.study_id}
        )
        return Revision.objects.create(
            version=version, bundle=bytes(made.bundle), digest=made.bundle.digest, sealed_by=by.user, time=time,
            errors=sum(finding.severity == "error" for finding in findings),
        )  # fmt: skip


def bundle_of(revision: Revision) -> Bundle:
    """The sealed bundle."""
    return read_bundle(bytes(revision.bundle), where=f"revision {revision.pk}")


def rule_pack_of(revision: Revision) -> str:
    """Id of the rule pack that a sealed revision follows."""
    return str(json.loads(bundle_of(revision).parts["result.json"])["versions"]["rule_pack"])
