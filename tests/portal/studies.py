"""Studies to work on in tests of the portal."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client


def terminal_block() -> str:
    """The terminal block as one document, as an editor would write it."""
    from cradlemark.product.readers.study_file import read_study
    from cradlemark.product.writers.study_toml import write_study_toml

    return write_study_toml(read_study(Path("examples/terminal-block")))


def begun(client: Client, document: str = "") -> str:
    """Address of a new study."""
    content = (document or terminal_block()).encode()
    response = client.post("/products/new/", {"document": SimpleUploadedFile("study.toml", content)})
    assert response.status_code == 302, response.content.decode()[:3000]
    return str(response.headers["Location"])


class Form(HTMLParser):
    """Inputs of the first form that has a given field, as a browser would send them."""

    def __init__(self, page: Any, field: str = "seen") -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._select = ""
        self._area = ""
        self.feed(page.content.decode())
        self.sent = next(form for form in self.forms if field in form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "input" and "name" in found and found.get("type") not in {"checkbox", "file"}:
            self.forms[-1][found["name"]] = found.get("value", "")
        elif tag == "select":
            self._select = found["name"]
            self.forms[-1][self._select] = ""
        elif tag == "option" and self._select and ("selected" in found):
            self.forms[-1][self._select] = found.get("value", "")
        elif tag == "textarea":
            self._area = found["name"]
            self.forms[-1][self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area] += data
