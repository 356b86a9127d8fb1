"""Make `.venv` from `uv.lock` on a machine that has Python and nothing else.

Finds `uv` (in `.tools/`, then on PATH, then as the wheel that `uv.lock` names), checks what it downloads against the
digest in `uv.lock`, and lets `uv` install the locked packages. Standard library only, and no name of a package host
is written here: every address comes from `uv.lock`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import shutil
import ssl
import stat
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "uv.lock"
PROJECT = ROOT / "pyproject.toml"
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "bootstrap.json"
TOOLS = ROOT / ".tools"
UV = TOOLS / ("uv.exe" if os.name == "nt" else "uv")

PYTHONS = ((3, 11), (3, 12), (3, 13))
OLDEST_UV = (0, 9, 0)
ATTEMPTS = 4
TIMEOUT = 60  # seconds without a byte
CERTIFICATE_WORDS = re.compile(
    r"certificate|UnknownIssuer|CERTIFICATE_VERIFY_FAILED|invalid peer", re.IGNORECASE
)
PACKAGE_LINE = re.compile(r" [-+~] \S+==")  # one line per installed package: too many to be of use
COMPLAINTS = ("error:", "  × ", "  x ")  # how uv begins to say that it failed
OFFLINE_HINT = (
    "Connect the machine, or set HTTPS_PROXY to the address of your proxy, and run make again. On a machine that "
    "stays offline, copy .tools/ and uv's cache from a machine that has run make, set UV_CACHE_DIR to that cache and "
    "UV_OFFLINE=1, and run make again."
)


def stop(message: str, repair: str) -> NoReturn:
    """Say what is wrong and how to repair it, and end."""
    sys.stderr.write(f"bootstrap: {message}\n           {repair}\n")
    raise SystemExit(1)


def say(message: str) -> None:
    """Tell the person at the terminal what happens; standard output stays free for the command itself."""
    sys.stderr.write(f"bootstrap: {message}\n")
    sys.stderr.flush()


def use_suitable_python() -> None:
    """Go on in this Python if the project runs on it, otherwise in another one on PATH."""
    if sys.version_info[:2] in PYTHONS:
        return
    for major, minor in reversed(PYTHONS):
        found = shutil.which(f"python{major}.{minor}")
        if (
            found
            and subprocess.run([found, "-c", "import sys"], check=False, capture_output=True).returncode == 0
        ):
            os.execv(found, [found, *sys.argv])
    stop(
        f"this is Python {platform.python_version()}; Cradlemark runs on Python 3.11, 3.12 or 3.13.",
        "Install one of them (Debian 12: apt-get install python3) or run: make PYTHON=/path/to/python3.11",
    )


def locked(name: str) -> dict[str, object]:
    """Return the entry of one package in `uv.lock`."""
    import tomllib

    for package in tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]:
        if package["name"] == name:
            return dict(package)
    stop(f"uv.lock has no package {name!r}.", "Take uv.lock from the repository again: git checkout uv.lock")


def machine_tags() -> list[str]:
    """Return the parts of a wheel's name that fit this machine, the best first."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin":
        return [f"macosx_.*_{'arm64' if machine == 'aarch64' else machine}"]
    if sys.platform == "win32":
        return ["win_arm64" if machine == "aarch64" else "win_amd64" if machine == "x86_64" else "win32"]
    if sys.maxsize < 2**32:  # a 32-bit Python on a 64-bit kernel
        machine = {"x86_64": "i686", "aarch64": "armv7l"}.get(machine, machine)
    family = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    static = "musllinux"  # uv's musl builds are static and also run beside glibc
    return [f"{family}_.*_{machine}", f"{static}_.*_{machine}", f"linux_{machine}"]


def wheel_of_uv() -> tuple[str, str, str]:
    """Return address, SHA-256 and version of the `uv` wheel that fits this machine."""
    package = locked("uv")
    wheels = package["wheels"]
    assert isinstance(wheels, list)
    for tag in machine_tags():
        for wheel in wheels:
            if re.search(rf"-{tag}(\.|$)|\.{tag}(\.|$)", wheel["url"].removesuffix(".whl")):
                return wheel["url"], wheel["hash"].removeprefix("sha256:"), str(package["version"])
    stop(
        f"uv.lock has no build of uv for {sys.platform} on {platform.machine()}.",
        "Install uv yourself (any way you like) so that it is on PATH, and run make again.",
    )


def is_certificate_error(error: BaseException) -> bool:
    """Whether a download failed because the server's certificate could not be checked."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(reason, ssl.SSLCertVerificationError)


def fetch(url: str) -> bytes:
    """Download one address, with patience; proxies and SSL_CERT_FILE count.

    Debian without the package ca-certificates cannot check any server. Then, and only then, the certificate is left
    unchecked: the caller compares the content with the SHA-256 in `uv.lock`, which protects it better than the
    certificate would, and nothing secret is sent.
    """
    context = ssl.create_default_context()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT, context=context) as answer:
                return bytes(answer.read())
        except (OSError, urllib.error.URLError) as error:
            if is_certificate_error(error) and context.verify_mode is not ssl.CERT_NONE:
                say(
                    "no certificate authority vouches for the server here; the SHA-256 in uv.lock does instead."
                )
                context = ssl.create_default_context()
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
                continue
            if attempt == ATTEMPTS:
                stop(f"cannot download {url}: {error}", OFFLINE_HINT)
            time.sleep(2**attempt)
    raise AssertionError(url)


def unpack_uv(wheel: bytes) -> None:
    """Put the `uv` program of a wheel into `.tools/`, at once or not at all."""
    TOOLS.mkdir(exist_ok=True)
    part = TOOLS / f"uv.{os.getpid()}.part"
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(n for n in archive.namelist() if n.endswith(f".data/scripts/{UV.name}"))
        part.write_bytes(archive.read(name))
    part.chmod(part.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    part.replace(UV)


def version_of(program: str) -> tuple[int, ...]:
    """Return the version of a `uv` program; () if it does not run here."""
    try:
        run = subprocess.run([program, "--version"], check=False, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"uv (\d+)\.(\d+)\.(\d+)", run.stdout)
    return tuple(int(part) for part in found.groups()) if found and run.returncode == 0 else ()


def find_uv() -> str:
    """Return a `uv` that is new enough, downloading the locked one if there is none."""
    for candidate in (str(UV), shutil.which("uv")):
        if candidate and version_of(candidate) >= OLDEST_UV:
            return candidate
    url, digest, version = wheel_of_uv()
    say(f"downloading uv {version} ...")
    wheel = fetch(url)
    if hashlib.sha256(wheel).hexdigest() != digest:
        stop(
            f"what came from {url} is not what uv.lock names (SHA-256 {digest}).",
            "Something between this machine and the server changed it; try another network.",
        )
    unpack_uv(wheel)
    if version_of(str(UV)) < OLDEST_UV:
        stop(
            f"{UV} does not run on this machine.",
            "Install uv yourself so that it is on PATH, and run make again.",
        )
    return str(UV)


def is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder, or in the nearest folder above it that exists."""
    while not os.path.exists(folder) and folder != folder.parent:  # noqa: PTH110  a forbidden folder is no error here
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def environment_for_uv() -> dict[str, str]:
    """Return the environment variables for `uv`: the user's own, and a cache that can be written."""
    variables = dict(os.environ)
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PROJECT", "UV_WORKING_DIR", "CONDA_PREFIX"):
        variables.pop(
            name, None
        )  # the environment is `.venv` beside `uv.lock`, wherever make was called from
    variables["UV_PYTHON_DOWNLOADS"] = "never"
    variables.setdefault("UV_HTTP_TIMEOUT", "120")
    if not variables.get("UV_CACHE_DIR"):
        cache = Path(
            variables.get("XDG_CACHE_HOME") or Path(variables.get("HOME") or "/nonexistent") / ".cache"
        )
        variables.pop("UV_CACHE_DIR", None)
        if os.name != "nt" and not is_writable(cache / "uv"):
            variables["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return variables


def hosts_in_lock() -> str:
    """Return the hosts that `uv.lock` names, for `UV_INSECURE_HOST`."""
    urls = re.findall(r'(?:url|registry) = "(https://[^"]+)"', LOCK.read_text(encoding="utf-8"))
    return " ".join(sorted({urlsplit(url).netloc for url in urls}))


def run_uv(command: list[str], variables: dict[str, str]) -> tuple[int, str]:
    """Run `uv`, show what it says as it says it, and return its exit code and its complaint.

    A complaint, all from the line it begins with, is not shown: whether it is one is for the caller
    to say, who may know another way.
    """
    complaint: list[str] = []
    with subprocess.Popen(
        command,
        env=variables,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if complaint or line.startswith(COMPLAINTS):
                complaint.append(line)
            elif not PACKAGE_LINE.match(line):
                sys.stderr.write(line)
    return process.returncode, "".join(complaint)


def install(uv: str) -> None:
    """Let `uv` make `.venv` from the lock file.

    `uv` brings its own root certificates. A network that puts its own certificate authority in front of every server
    is known to the system's store (second try) or to nobody on this machine (third try); then the digests in `uv.lock`,
    which `uv` checks for every single file, take the certificate's place. Nothing else is ever downloaded: the project
    is built by the locked build tools (`no-build-isolation-package` in pyproject.toml).
    """
    base = getattr(sys, "_base_executable", None) or sys.executable
    command = [uv, "sync", "--frozen", "--no-progress", "--python", base]
    variables = environment_for_uv()
    ways = [
        ({}, ""),
        (
            {"UV_SYSTEM_CERTS": "1"},
            "uv knows no authority for the server; trying this system's own certificate authorities ...",
        ),
        (
            {"UV_INSECURE_HOST": hosts_in_lock()},
            "neither does this system; trying without certificates: uv still checks every file against its SHA-256 in uv.lock ...",
        ),
    ]
    code, complaint = 1, ""
    for extra, announcement in ways:
        if announcement:
            say(announcement)
        code, complaint = run_uv(command, variables | extra)
        if code == 0:
            sys.stderr.write(complaint)
            return
        if not CERTIFICATE_WORDS.search(complaint):
            break
    sys.stderr.write(complaint)
    offline = re.search(
        r"dns error|Failed to fetch|error sending request|offline|Network", complaint, re.IGNORECASE
    )
    stop(f"uv sync ended with {code}.", OFFLINE_HINT if offline else "The message above says what is wrong.")


def state() -> dict[str, str]:
    """Return all that `.venv` depends on; if one of it changes, `uv` runs again."""
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (LOCK, PROJECT, Path(__file__).resolve())
    }
    base = getattr(sys, "_base_executable", None) or sys.executable
    return digests | {
        "root": str(ROOT),
        "python": str(Path(base).resolve()),
        "version": platform.python_version(),
        "platform": sysconfig.get_platform(),
    }


def is_ready(wanted: dict[str, str]) -> bool:
    """Whether `.venv` was made from exactly this state and is still there."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    try:
        return python.exists() and json.loads(STAMP.read_text(encoding="utf-8")) == wanted
    except (OSError, ValueError):
        return False


def was_made_elsewhere() -> bool:
    """Whether the project was moved after `.venv` was made: the programs in it name their old folder."""
    try:
        return bool(json.loads(STAMP.read_text(encoding="utf-8"))["root"] != str(ROOT))
    except (OSError, ValueError, KeyError):
        return False


def main() -> None:
    """Make `.venv` if it is not there or not up to date."""
    use_suitable_python()
    wanted = state()
    if is_ready(wanted):
        return
    if not is_writable(ENVIRONMENT):
        stop(
            f"{ROOT} cannot be written by this user.",
            "Copy the project to a folder of your own and run make there.",
        )
    if was_made_elsewhere():
        shutil.rmtree(ENVIRONMENT)
    STAMP.unlink(missing_ok=True)
    install(find_uv())
    STAMP.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
