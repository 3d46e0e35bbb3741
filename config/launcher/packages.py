"""The locked environment: uv fetched from the package index by its hash, then everything uv.lock names."""

import base64
import configparser
import hashlib
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from config.launcher import places
from config.launcher.processes import STOPPER, call
from config.launcher.speech import Refusal

PUBLIC_INDEX = "https://pypi.org/simple"
UV = "0.13.9"
OLDEST_UV = (0, 9)
ALWAYS = ("redis",)
OPTIONAL = ("scheduling",)
EXTRAS_MARK = " with "
MANYLINUX = "py3-none-manylinux_2_17_{0}.manylinux2014_{0}"
# (system, machine, C library): file name after "uv-VERSION-", sha256
UV_WHEELS = {
    ("linux", "x86_64", "glibc"): (
        MANYLINUX.format("x86_64"),
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "x86_64", "musl"): (
        "py3-none-musllinux_1_1_x86_64",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    ("linux", "aarch64", "glibc"): (
        "py3-none-manylinux_2_28_aarch64",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("linux", "aarch64", "musl"): (
        MANYLINUX.format("aarch64") + ".musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    ("darwin", "x86_64", ""): (
        "py3-none-macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
    ("darwin", "arm64", ""): (
        "py3-none-macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
}


def venv() -> Path:
    return places.var() / "venv"


def python() -> Path:
    return venv() / "bin/python"


def up_to_date(*, dev: bool) -> bool:
    """Does the environment hold what the lock names? One with the development tools serves for both."""
    if not python().exists():
        return False
    return _installed() in (_stamp(dev=True), _stamp(dev=dev))


def install(*, dev: bool) -> None:
    """Make the environment equal to the lock."""
    folder = places.var()
    places.make_folder(folder, 0o755)
    os.umask(0o022)  # the database server, run by another account when root starts it, reads its files here
    environment = uv_environment()
    uv = find_uv() or fetch_uv(folder / "bin/uv")
    log = folder / "packages.log"
    groups = [f"--extra={name}" for name in (*ALWAYS, *extras())] + (["--group=dev"] if dev else ["--no-dev"])
    run: dict[str, Any] = {"log": log, "env": environment, "cwd": places.ROOT, "what": "Installing the packages"}
    if "UV_DEFAULT_INDEX" in environment:
        # the lock names the public index: take hashes from it and the files from the mirror
        wanted = folder / "requirements.txt"
        call([uv, "export", "--frozen", "--quiet", "--no-header", *groups, "--output-file", str(wanted)], **run)
        if not python().exists():
            call([uv, "venv", "--quiet", "--python", sys.executable, str(venv())], **run)
        call([uv, "pip", "sync", "--require-hashes", "--python", str(python()), str(wanted)], **run)
    else:
        call([uv, "sync", "--frozen", *groups], **run)
    (venv() / ".locked").write_text(_stamp(dev=dev), encoding="utf-8")


def _stamp(*, dev: bool) -> str:
    lock = (places.ROOT / "uv.lock").read_bytes() + (places.ROOT / "pyproject.toml").read_bytes()
    return f"{hashlib.sha256(lock).hexdigest()} {'dev' if dev else 'base'} {sys.version_info[:2]}{_said(extras())}"


def _installed() -> str:
    stamp = venv() / ".locked"
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def extras() -> list[str]:
    """The extras asked for by CONCORD_EXTRAS (names with commas; empty: none), else those that are here already."""
    asked = os.environ.get("CONCORD_EXTRAS")
    if asked is None:
        _rest, _mark, asked = _installed().partition(EXTRAS_MARK)
    names = sorted({name.strip() for name in asked.split(",") if name.strip()} - set(ALWAYS))
    unknown = [name for name in names if name not in OPTIONAL]
    if unknown:
        raise Refusal(f"CONCORD_EXTRAS: there is no extra {', '.join(unknown)}; there is {', '.join(OPTIONAL)}.")
    return names


def _said(names: list[str]) -> str:
    return f"{EXTRAS_MARK}{','.join(names)}" if names else ""


# --- where the packages come from ------------------------------------------------------------------------------------


def pip_setting(name: str) -> str | None:
    """A setting of pip, from the environment or its files: whoever configured a mirror did it there."""
    from_environment = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if from_environment:
        return from_environment
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    files = [Path("/etc/pip.conf"), Path("~/.pip/pip.conf").expanduser(), home / "pip/pip.conf"]
    if os.environ.get("PIP_CONFIG_FILE"):
        files.append(Path(os.environ["PIP_CONFIG_FILE"]))
    found = None
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue  # pip's own file: unreadable is as good as absent
        for section in ("global", "install"):
            found = parser.get(section, name, fallback=found)
    return found


def index() -> str:
    return (os.environ.get("UV_DEFAULT_INDEX") or pip_setting("index-url") or PUBLIC_INDEX).rstrip("/")


def certificates() -> str | None:
    """A bundle of certificates that somebody configured, if it exists."""
    for found in (os.environ.get("SSL_CERT_FILE"), pip_setting("cert"), os.environ.get("REQUESTS_CA_BUNDLE")):
        if found and Path(found).is_file():
            return found
    return None


def uv_environment() -> dict[str, str]:
    """The environment for uv: pip's mirror and certificates in uv's words, beside what is set for uv itself."""
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment |= {
        "UV_PROJECT_ENVIRONMENT": str(venv()),
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "UV_HTTP_TIMEOUT": os.environ.get("UV_HTTP_TIMEOUT", "180"),
    }
    if index() != PUBLIC_INDEX:
        environment["UV_DEFAULT_INDEX"] = index()
    else:
        environment.pop("UV_DEFAULT_INDEX", None)
    if certificates():
        environment["SSL_CERT_FILE"] = str(certificates())
    trusted = pip_setting("trusted-host")
    if trusted and "UV_INSECURE_HOST" not in environment:
        environment["UV_INSECURE_HOST"] = " ".join(trusted.split())
    return environment


# --- uv --------------------------------------------------------------------------------------------------------------


def find_uv() -> str | None:
    """A uv that is here already and new enough."""
    for candidate in (str(places.var() / "bin/uv"), shutil.which("uv")):
        if candidate and Path(candidate).exists():
            answer = subprocess.run([candidate, "--version"], check=False, capture_output=True, text=True)
            version = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
            if answer.returncode == 0 and version and tuple(map(int, version.groups())) >= OLDEST_UV:
                return candidate
    return None


def fetch_uv(target: Path) -> str:
    """Take uv's wheel from the package index, check its hash, unpack the one program in it."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    library = ("glibc" if platform.libc_ver()[0] == "glibc" else "musl") if system == "linux" else ""
    if (system, machine, library) not in UV_WHEELS:
        raise Refusal(f"No package installer is known for {system} {machine}: install uv ({UV} or newer) yourself.")
    tags, expected = UV_WHEELS[system, machine, library]
    name = f"uv-{UV}-{tags}.whl"
    page = f"{index()}/uv/"
    listed = links(*fetch(page, accept="application/vnd.pypi.simple.v1+json, text/html;q=0.5"))
    if name not in listed:
        raise Refusal(f"The package index {hidden(page)} does not list {name}.")
    wheel, _ = fetch(urljoin(page, listed[name]))
    if hashlib.sha256(wheel).hexdigest() != expected:
        raise Refusal(f"{name} from {hidden(page)} is not the file this program knows: its hash differs.")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        inside = next(entry for entry in archive.namelist() if entry.endswith("/scripts/uv"))
        places.make_folder(target.parent, 0o755)
        fresh = target.with_name("uv.new")
        fresh.write_bytes(archive.read(inside))
    fresh.chmod(0o755)
    fresh.replace(target)
    return str(target)


def fetch(url: str, accept: str = "*/*") -> tuple[bytes, str]:
    """Body and content type of an address; tried three times."""
    parts = urlsplit(url)
    headers = {"Accept": accept, "User-Agent": "concord"}
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(secret).decode()
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    context = ssl.create_default_context(cafile=certificates())
    if (parts.hostname or "") in (pip_setting("trusted-host") or "").split():
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for attempt in range(3):
        STOPPER.check()
        try:
            request = urllib.request.Request(url, headers=headers)
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:
                return answer.read(), answer.headers.get_content_type()
        except (OSError, urllib.error.URLError) as error:
            failure = error
            time.sleep(attempt)
    raise Refusal(f"{hidden(url)} cannot be reached ({failure}). Is there a network? PIP_INDEX_URL names a mirror.")


def links(body: bytes, content_type: str) -> dict[str, str]:
    """File names of a page of the package index with their addresses, in either of its two forms."""
    if content_type.endswith("json"):
        return {file["filename"]: file["url"] for file in json.loads(body)["files"]}
    found: dict[str, str] = {}

    class Anchors(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            address = dict(attributes).get("href") if tag == "a" else None
            if address:
                found[unquote(urlsplit(address).path.rpartition("/")[2])] = address

    Anchors().feed(body.decode())
    return found


def hidden(url: str) -> str:
    """The address without a user and password in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
