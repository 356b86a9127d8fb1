"""Hostile zips and folders, whatever is in them."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.hostile_cases.case import Case, Write, document, zipped

KIND = "zip or folder"
MEMBER = "processes/a.json"


def edited(make: Write, change: Callable[[bytearray], bytes | bytearray]) -> Write:
    """Write a zip and change its bytes."""

    def write(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(bytes(change(bytearray(path.read_bytes()))))
        return path

    return write


def many(count: int, content: str = "{}") -> Write:
    """A zip of many documents."""
    return zipped(lambda: {f"processes/{number}.json": content for number in range(count)})


def _listed(content: bytearray, times: int) -> bytes:
    """The list of members names its one member many times."""
    start, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    listed = bytes(content[start:end]) * times
    last = bytearray(content[end:])
    last[8:12] = struct.pack("<HH", min(times, 65_535), min(times, 65_535))
    last[12:20] = struct.pack("<LL", len(listed), start)
    return bytes(content[:start]) + listed + bytes(last)


def _overlapping(content: bytearray) -> bytes:
    """Two names for one place."""
    start, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    entry = bytes(content[start:end])
    other = entry.replace(b"a.json", b"b.json")
    last = bytearray(content[end:])
    last[8:12] = struct.pack("<HH", 2, 2)
    last[12:20] = struct.pack("<LL", 2 * len(entry), start)
    return bytes(content[:start]) + entry + other + bytes(last)


def _lying(content: bytearray) -> bytearray:
    """Both headers say that a member of 60 MB has 1,000 bytes."""
    struct.pack_into("<I", content, content.rfind(b"PK\x01\x02") + 24, 1_000)
    struct.pack_into("<I", content, content.find(b"PK\x03\x04") + 22, 1_000)
    return content


def _announced(content: bytearray) -> bytearray:
    struct.pack_into("<L", content, content.rfind(b"PK\x05\x06") + 12, 0xFFFFFFF0)
    return content


def _nested(depth: int) -> bytes:
    content = b"{}"
    for level in range(depth):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"level{level}.zip" if level else MEMBER, content)
        content = file.getvalue()
    return content


def _linked(folder: Path) -> Path:
    path = folder / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo(MEMBER)
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return path


def _encrypted(content: bytearray) -> bytearray:
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    return content


def _deep_folder(folder: Path) -> Path:
    import os

    top = folder / "deep"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("a.json", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    return top


def _folder_of_links(folder: Path) -> Path:
    top = folder / "links"
    (top / "processes").mkdir(parents=True)
    (top / "processes" / "a.json").symlink_to("/etc/passwd")
    (top / "processes" / "loop").symlink_to(top, target_is_directory=True)
    return top


def _wide_folder(folder: Path) -> Path:
    top = folder / "wide" / "processes"
    top.mkdir(parents=True)
    for number in range(20_000):
        (top / f"{number}.json").touch()
    return top.parent


def _pipe(folder: Path) -> Path:
    import os

    top = folder / "pipe" / "processes"
    top.mkdir(parents=True)
    os.mkfifo(top / "a.json")
    return top.parent


def _one(name: str = MEMBER, content: bytes = b"{}") -> Write:
    return zipped(lambda: {name: content}, packed=True)


CASES = (
    Case(KIND, "no such file", lambda folder: folder / "missing.zip", "file-missing"),
    Case(KIND, "empty file", document("a.zip", lambda: b""), "file-empty"),
    Case(KIND, "two bytes", document("a.zip", lambda: b"PK"), "file-truncated"),
    Case(KIND, "cut off", edited(many(2_000), lambda c: c[: len(c) * 2 // 3]), "file-truncated"),
    Case(KIND, "damaged inside", edited(_one(content=bytes(range(256)) * 40), lambda c: c[:60] + b"\xff" * 30 + c[90:]), "file-truncated"),
    Case(KIND, "no zip at all", document("a.zip", lambda: b"hello" * 100), "file-format"),
    Case(KIND, "7z, rar or gzip", document("a.zip", lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 100), "file-format"),
    Case(KIND, "encrypted", edited(_one(), _encrypted), "file-encrypted"),
    Case(KIND, "one document of 60 MB of spaces", _one(content=b" " * 60_000_000), "file-bomb"),
    Case(KIND, "one document that says 1,000 bytes and has 60 MB", edited(_one(content=b" " * 60_000_000), _lying), "file-truncated"),
    Case(KIND, "100,000 documents", many(100_000), "source-refused"),
    Case(KIND, "160,000 documents", many(160_000, ""), "file-bomb"),
    Case(KIND, "one document listed 140,000 times", edited(_one(), lambda c: _listed(c, 140_000)), "file-bomb"),
    Case(KIND, "a list of documents of 4 GB announced", edited(_one(), _announced), "file-bomb"),
    Case(KIND, "two names for one place", edited(_one(content=b"{}" * 5_000), _overlapping), "file-bomb"),
    Case(KIND, "zips in zips", document("a.zip", lambda: _nested(60)), "file-format"),
    Case(KIND, "path that leads out", _one("../../outside.json"), "file-unsafe"),
    Case(KIND, "absolute path", _one("/etc/cron.d/a.json"), "file-unsafe"),
    Case(KIND, "drive of Windows", _one("C:\\a.json"), "file-unsafe"),
    Case(KIND, "link to a file of the machine", _linked, "file-unsafe"),
    Case(KIND, "folder 3,000 levels deep", _deep_folder, "file-bomb"),
    Case(KIND, "folder of links and a loop", _folder_of_links, "file-format"),
    Case(KIND, "folder of 20,000 empty documents", _wide_folder, "source-refused"),
    Case(KIND, "folder with a pipe", _pipe, "file-format"),
)  # fmt: skip
