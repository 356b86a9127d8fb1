"""What published files are, and how long a reader may keep them: said by whoever serves them."""

from __future__ import annotations

import mimetypes

TYPES = {
    ".jwt": "application/vc+jwt", ".tlog-proof": "text/plain; charset=utf-8", ".json": "application/json",
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".csv": "text/csv; charset=utf-8", ".jsonl": "application/jsonl", ".parquet": "application/vnd.apache.parquet",
    ".xml": "application/xml", ".txt": "text/plain; charset=utf-8", ".toml": "application/toml",
}  # fmt: skip
SHORT, LONG = "public, max-age=60", "public, max-age=31536000, immutable"
WHOLE_TILES = "log/tile/"


def media_type(path: str) -> str:
    """Type of a published file.

    Examples
    --------
    >>> media_type("l/DEMO-000000-GK/credential.jwt"), media_type("log/checkpoint")
    ('application/vc+jwt', 'text/plain; charset=utf-8')
    """
    name = path.rpartition("/")[2]
    if name == "checkpoint":
        return "text/plain; charset=utf-8"
    ending = name[name.rindex(".") :] if "." in name else ""
    return TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def cache_control(path: str) -> str:
    """How long a published file may be kept: what never changes for ever, the rest for a minute.

    Examples
    --------
    >>> cache_control("assets/page.1a2b.css") == LONG, cache_control("l/DEMO-000000-GK/index.html") == SHORT
    (True, True)
    """
    if path.startswith("assets/") and path != "assets/edition.txt":
        return LONG
    return LONG if path.startswith(WHOLE_TILES) else SHORT
