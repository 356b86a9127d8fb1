"""The portal under load: label page, search over many labels, and a soak.

    python benchmarks/load.py page            requests a second and times of a published label page
    python benchmarks/load.py search [labels] times of searches over HTTP, one after the other and eight at once
    python benchmarks/load.py soak [seconds]  a mixture of pages for minutes: errors, and how the memory of the portal grows

Needs wrk, and for the page nginx, which serves the public folder as docs/how-to describes for a programme; the portal's own way to
serve the same file is measured beside it. Everything runs on this machine: client and server share its processors.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
BIN = Path(sys.executable).parent
SETTINGS = {
    "CRADLEMARK_DEMONSTRATION": "1", "CRADLEMARK_SECRET_KEY": "for measurements only", "CRADLEMARK_PASSPHRASE": "for measurements only",
}  # fmt: skip
WORKERS = 2
NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  include /etc/nginx/mime.types; access_log off; sendfile on; open_file_cache max=1000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {public}; index index.html; }}
}}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def labelled(folder: Path) -> str:
    """A programme home with one published label; returns the address of its page."""
    environment = os.environ | SETTINGS
    bundle = folder / "terminal-block.cradle"
    home = folder / "home"
    example = ROOT / "examples" / "terminal-block"
    for arguments in (
        ["log", "init", home, "--origin", "labels.example.org"],
        ["label", "seal", example, "--output", bundle],
        ["label", "issue", home, bundle, "--verification", example / "verification.toml", "--case", "load"],
        ["admin", "audit", home],  # makes the tables of the portal
    ):
        subprocess.run(
            [BIN / "cradlemark", *arguments], check=True, env=environment, stdout=subprocess.DEVNULL
        )
    (page,) = (home / "public" / "l").glob("*/index.html")
    return f"/l/{page.parent.name}/"


@contextlib.contextmanager
def served(command: list[str | Path], port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers, as long as it is needed."""
    with subprocess.Popen(
        command, env=os.environ | SETTINGS | environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()


def portal(port: int, home: Path) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """The portal as ``make serve`` runs it, with a process for each processor."""
    command: list[str | Path] = [
        BIN / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS), "--no-ws",
        "--log-level", "warning", "cradlemark.portal.wsgi:application",
    ]  # fmt: skip
    return served(command, port, CRADLEMARK_PROGRAMME=str(home))


def wrk(address: str, *, seconds: int = 10, connections: int = 32) -> str:
    """What wrk says, on one line."""
    said = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", address],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = {name: re.search(rf"{name}:?\s+(\S+)", said) for name in ("Requests/sec", "50%", "99%")}
    bad = re.search(r"(Non-2xx.*|Socket errors.*)", said)
    told = "  ".join(f"{name} {one[1]}" for name, one in found.items() if one)
    return f"{told}  {bad[0] if bad else 'no errors'}"


def page(folder: Path) -> None:
    """The label page as a static file."""
    address, public = labelled(folder), folder / "home" / "public"
    size = (public / address.strip("/") / "index.html").stat().st_size
    print(f"label page of {size / 1000:.0f} kB, wrk with 32 connections on the same machine")
    if shutil.which("nginx"):
        port = free_port()
        folder.chmod(0o755)  # nginx reads as another user
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, public=public))
        with served(["nginx", "-c", folder / "nginx.conf", "-e", folder / "error.log"], port):
            print("  nginx  ", wrk(f"http://127.0.0.1:{port}{address}"))
    port = free_port()
    with portal(port, folder / "home"):
        print("  portal ", wrk(f"http://127.0.0.1:{port}{address}"))


def asked(count: int) -> list[str]:
    """Addresses of searches, made of the questions of benchmarks/search.py."""
    from benchmarks.search import questions

    return [f"/?{urlencode(query.pairs(), quote_via=quote)}" for query in questions(count)]


def timed(port: int, addresses: list[str], times: list[float]) -> None:
    """Ask one after the other over one connection; times in ms."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for address in addresses:
        start = time.perf_counter()
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        times.append(1000 * (time.perf_counter() - start))
        if answer.status != 200:
            raise SystemExit(f"{answer.status} for {address}")


def told(name: str, times: list[float]) -> str:
    ordered = sorted(times)
    share = [ordered[int(part * len(ordered))] for part in (0.95, 0.99)]
    return f"  {name:22} median {statistics.median(ordered):6.1f}  p95 {share[0]:6.1f}  p99 {share[1]:6.1f}  worst {ordered[-1]:6.1f} ms"


def search(folder: Path, labels: int) -> None:
    """Searches through the whole portal: page, facets, rows."""
    script = f"from benchmarks.load import filled; filled({str(folder)!r}, {labels})"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, env=os.environ | SETTINGS)
    port, addresses = free_port(), asked(600)
    print(f"search pages over {labels} labels, whole answers over HTTP")
    with portal(port, folder / "home"):
        timed(port, addresses[:60], [])
        alone: list[float] = []
        timed(port, addresses, alone)
        print(told("one after the other", alone))
        at_once: list[float] = []
        threads = [threading.Thread(target=timed, args=(port, addresses[n::8], at_once)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(told("eight at once", at_once))


def filled(folder: str, labels: int) -> None:
    """A home with generated labels, made in a process of its own."""
    from importlib.resources import files

    from benchmarks.search import fill

    from cradlemark.registry.home import create_home

    programme = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
    create_home(Path(folder) / "home", programme=programme, origin="labels.example.org")
    fill(labels)


def memory(process: subprocess.Popen[bytes]) -> int:
    """Resident memory of a process and its children [kB]."""
    wanted, total = {process.pid}, 0
    for status in sorted(Path("/proc").glob("[0-9]*/status"), key=lambda path: int(path.parent.name)):
        with contextlib.suppress(OSError):
            text = status.read_text()
            parent = int(re.search(r"PPid:\s+(\d+)", text)[1])  # type: ignore[index]
            if int(status.parent.name) in wanted or parent in wanted:
                wanted.add(int(status.parent.name))
                found = re.search(r"VmRSS:\s+(\d+)", text)
                total += int(found[1]) if found else 0
    return total


def soak(folder: Path, seconds: int) -> None:
    """Everything that everybody may read, in random order."""
    address = labelled(folder)
    pages = ["/", "/?q=block", "/?q=端子", address, f"{address}claim.json", "/statistics/", "/log/", "/verify/", "/compare/", "/data/",
             "/log/checkpoint", "/account/login/", "/nothing/here"]  # fmt: skip
    port, chance, count = free_port(), random.Random(3), 0
    wrong: Counter[tuple[str, int]] = Counter()
    with portal(port, folder / "home") as process:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        begin, after_warm_up = time.monotonic(), 0
        while (passed := time.monotonic() - begin) < seconds:
            wanted = chance.choice(pages)
            connection.request("GET", quote(wanted, safe="/?=&"))
            answer = connection.getresponse()
            answer.read()
            count += 1
            if answer.status != (404 if wanted == "/nothing/here" else 200):
                wrong[wanted, answer.status] += 1
            if not after_warm_up and passed > seconds / 10:
                after_warm_up = memory(process)
        end = memory(process)
    growth = 100 * (end / after_warm_up - 1)
    for (wanted, status), times in wrong.items():
        print(f"  {status} for {wanted}, {times} times")
    print(
        f"{count} requests in {seconds} s, {wrong.total()} errors; memory {after_warm_up / 1000:.0f} MB -> {end / 1000:.0f} MB ({growth:+.1f} %)"
    )


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else "page"
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as name:
        if what == "search":
            search(Path(name), number or 100_000)
        elif what == "soak":
            soak(Path(name), number or 600)
        elif shutil.which("wrk"):
            page(Path(name))
        else:
            print("wrk is not installed (Debian: apt install wrk): the label page is not measured")


if __name__ == "__main__":
    main()
