"""Write a study as a TOML document."""

from __future__ import annotations

import tomli_w

from cradlemark.product.study import Study
from cradlemark.product.writers.study_document import study_document

_HEADER = """\
# Study {id}, revision {revision}
# A value is written "3.6 g", "= rib_mass * 2" (a formula over the parameters), 0.95 or "95 %" (a share), or as a
# table: {{ value = 3.6, unit = "g", gsd = 1.05, note = "weighed", evidence = ["e1"], confidential = true }}
# Fields that are left out have their defaults; all fields: docs/reference/study-document.md

"""


def write_study_toml(study: Study) -> str:
    """Return the TOML document of a study; `read_study_toml` gives the same study back.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        TOML 1.0 text with a header that explains the notation. The places values were read from are not written.
    """
    header = _HEADER.format(id=study.id.replace("\n", " "), revision=study.revision)
    return header + tomli_w.dumps(study_document(study), multiline_strings=False)
