"""Libraries and programs of the system: Pango for PDF, Chromium and a Chinese font for the browser tests."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.launcher import places
from config.launcher.processes import call
from config.launcher.speech import Refusal

PANGO_PACKAGES = {
    "apt-get": ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"],
    "dnf": ["pango"],
    "apk": ["pango"],
    "zypper": ["libpango-1_0-0"],
}
# What those three bring along, for unpacking without root; a later name replaces the one before it in newer releases.
PANGO_FILES = [
    ("libpango-1.0-0",), ("libpangoft2-1.0-0",), ("libharfbuzz0b",), ("libharfbuzz-subset0",), ("libfontconfig1",),
    ("fontconfig-config",), ("libfreetype6",), ("libfribidi0",), ("libthai0",), ("libthai-data",), ("libdatrie1",),
    ("libgraphite2-3",), ("libglib2.0-0", "libglib2.0-0t64"), ("libpng16-16", "libpng16-16t64"), ("libexpat1",),
    ("libbrotli1",),
]  # fmt: skip
PANGO_LIBRARIES = {
    "linux": ["libgobject-2.0.so.0", "libpango-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0",
              "libfontconfig.so.1", "libpangoft2-1.0.so.0"],
    "darwin": ["libgobject-2.0.0.dylib", "libpango-1.0.0.dylib", "libpangoft2-1.0.0.dylib"],
}  # fmt: skip
HOMEBREW = ("/opt/homebrew/lib", "/usr/local/lib")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHINESE_FONT = "fonts-wqy-microhei"
DRIVER_LIBRARY = ("libatomic.so.1", "libatomic1")
"""What the program that drives the browser is linked with, and the package that holds it; a bare system lacks it."""
TRY_AGAIN_AFTER = 24 * 3600


def native() -> Path:
    """Where libraries are unpacked when they cannot be installed."""
    return places.var() / "native"


def environment() -> dict[str, str]:
    """Variables that make the programs find the unpacked libraries."""
    if sys.platform == "darwin":
        return {"DYLD_FALLBACK_LIBRARY_PATH": ":".join(HOMEBREW)}
    folders = _unpacked()
    if not folders:
        return {}
    path = ":".join([*map(str, folders), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])])
    return {"LD_LIBRARY_PATH": path, "FONTCONFIG_PATH": str(native() / "etc/fonts")}


def _unpacked() -> list[Path]:
    return sorted({path.parent for path in native().glob("usr/lib/**/libpango-1.0.so.0")})


def has_pango() -> bool:
    """Can the libraries that PDF needs be loaded, from the system or from where they were unpacked?"""
    if _unpacked():
        return True
    for name in PANGO_LIBRARIES.get(sys.platform, []):
        for place in ("", *(f"{folder}/" for folder in HOMEBREW if sys.platform == "darwin")):
            with suppress(OSError):
                ctypes.CDLL(place + name)
                break
        else:
            return False
    return True


def worth_trying() -> bool:
    """Not again on the same day after it did not succeed: every start would wait for it."""
    note = places.var() / "native-failed"
    return not note.exists() or time.time() - note.stat().st_mtime > TRY_AGAIN_AFTER


def prepare_pango() -> None:
    """Install Pango, or unpack it beside the program. Refuses when neither is possible; the program runs without."""
    try:
        if not _install(PANGO_PACKAGES) and not _unpack():
            raise Refusal(_advice("pango"))
        if not has_pango():
            raise Refusal(_advice("pango"))
    except Refusal:
        (places.var() / "native-failed").touch()
        raise
    (places.var() / "native-failed").unlink(missing_ok=True)


def browser() -> str | None:
    """A Chromium of this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").glob("**/*wqy*"))
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], check=False, capture_output=True, text=True)
    return bool(listed.stdout.strip())


def missing_for_browser() -> list[str]:
    """The packages that the browser tests lack on this machine."""
    library, package = DRIVER_LIBRARY
    return [
        *([] if browser() else ["chromium"]),
        *([] if has_chinese_font() else [CHINESE_FONT]),
        *([package] if sys.platform == "linux" and not _loads(library) else []),
    ]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def prepare_browser() -> None:
    """Install what the browser tests need. Refuses when it cannot: those tests then fail, they are not skipped."""
    wanted = missing_for_browser()
    if wanted and not _install({"apt-get": wanted}):
        raise Refusal(_advice(" and ".join(wanted)))


def _install(packages: dict[str, list[str]]) -> bool:
    """By the system's installer, as root or through sudo; False when that is not possible here."""
    prefix = _becoming_root()
    manager = next((name for name in packages if shutil.which(name)), None)
    if manager is None or prefix is None:
        return False
    run: dict[str, Any] = {"log": _log(), "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "cwd": places.ROOT}
    install = {
        "apt-get": ["apt-get", "install", "-y", "-q", "--no-install-recommends"],
        "dnf": ["dnf", "install", "-y", "-q"],
        "apk": ["apk", "add", "--no-cache"],
        "zypper": ["zypper", "--non-interactive", "install"],
    }[manager]
    if manager == "apt-get":
        call([*prefix, "apt-get", "update", "-q"], what="apt-get update", **run)
    call([*prefix, *install, *packages[manager]], what=" ".join(install), **run)
    return True


def _becoming_root() -> list[str] | None:
    if places.is_root():
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive"]
    return None


def _unpack() -> bool:
    """Fetch the packages with apt as an ordinary user and unpack them in a folder; False where there is no apt."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    fresh = native().with_name("native.new")
    shutil.rmtree(fresh, ignore_errors=True)
    lists = fresh / "apt/lists/partial"
    archives = fresh / "apt/archives/partial"
    lists.mkdir(parents=True)
    archives.mkdir(parents=True)
    apt = ["-q", "-o", f"Dir::State::Lists={lists.parent}", "-o", f"Dir::Cache={archives.parent.parent}"]
    run: dict[str, Any] = {"log": _log(), "env": dict(os.environ), "cwd": archives.parent}
    call(["apt-get", "update", *apt], what="apt-get update", **run)
    names = [next(filter(lambda name: _offered(apt, name), choices), None) for choices in PANGO_FILES]
    call(["apt-get", "download", *apt, *filter(None, names)], what="apt-get download", **run)
    for package in sorted(archives.parent.glob("*.deb")):
        call(["dpkg-deb", "-x", str(package), str(fresh)], what=f"Unpacking {package.name}", **run)
    _point_fontconfig_at(fresh)
    shutil.rmtree(fresh / "apt")
    shutil.rmtree(native(), ignore_errors=True)
    fresh.rename(native())
    return True


def _offered(apt: list[str], name: str) -> bool:
    shown = subprocess.run(["apt-cache", "show", *apt, name], check=False, capture_output=True)
    return shown.returncode == 0


def _point_fontconfig_at(fresh: Path) -> None:
    """Its configuration includes files by absolute paths of an installed system, and knows no font: give it ours."""
    configuration = fresh / "etc/fonts/fonts.conf"
    if configuration.exists():
        text = re.sub(r"(<include[^>]*>)/etc/fonts/", r"\1", configuration.read_text(encoding="utf-8"))
        ours = (
            f"<dir>{places.ROOT / 'static/fonts/pdf'}</dir>\n<cachedir>{native() / 'cache'}</cachedir>\n</fontconfig>"
        )
        configuration.write_text(text.replace("</fontconfig>", ours), encoding="utf-8")


def _log() -> Path:
    return places.var() / "system.log"


def _advice(what: str) -> str:
    if sys.platform == "darwin":
        return f"Install {what} yourself: brew install {what}"
    return f"Neither root nor sudo here, so install {what} yourself (Debian, Ubuntu: apt install {_debian(what)})."


def _debian(what: str) -> str:
    return " ".join(PANGO_PACKAGES["apt-get"]) if what == "pango" else what.replace(" and", "")
