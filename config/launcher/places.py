"""Where things lie: the clone, what is prepared for it, the books, and whom the database server runs as."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.launcher.speech import Refusal

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path("/var/lib/concord")
SERVICE_USER = "concord"
DEMO, COMPANY, TEST, BENCH = "demo", "company", "test", "bench"


@dataclass(frozen=True)
class Account:
    """The account the database server runs as when root starts it: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments for Popen."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def is_root() -> bool:
    return os.geteuid() == 0


def others_reach(path: Path) -> bool:
    """May any account pass through to this path?"""
    existing = path
    while not existing.exists():
        existing = existing.parent
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [existing, *existing.parents])


def var() -> Path:
    """Folder for what is prepared: environment, libraries, the demo's data.

    Inside the clone, unless root's clone lies where the account of the database server cannot go (such as /root).
    """
    inside = ROOT / "var"
    if is_root() and not others_reach(inside):
        return SHARED / hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return inside


def data_folder(kind: str) -> Path:
    """Folder of the books of one kind; `$CONCORD_DATA` overrides it for the demo and the company."""
    if kind in (TEST, BENCH):
        return var() / kind
    if os.environ.get("CONCORD_DATA"):
        return Path(os.environ["CONCORD_DATA"]).expanduser().absolute()
    if kind == DEMO:
        return var() / "demo"
    if is_root():
        return SHARED / "company"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/concord"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share").absolute() / "concord"


def kind_of(data: Path) -> str | None:
    """What a data folder holds; None when it holds nothing yet."""
    note = data / "kind"
    return note.read_text(encoding="utf-8").strip() if note.exists() else None


def claim(data: Path, kind: str) -> None:
    """Make the data folder, or refuse when it holds books of another kind."""
    before = kind_of(data)
    if before not in (None, kind):
        raise Refusal(
            f"{data} holds a {before} database, not a {kind} one. Give another folder: CONCORD_DATA=FOLDER ./run …"
        )
    make_folder(data, 0o711 if is_root() else 0o700)
    if before is None:
        if any(entry.name not in ("run.lock", ".env") for entry in data.iterdir()):
            raise Refusal(f"{data} is not empty and was not made by this program. Give an empty folder: CONCORD_DATA=…")
        (data / "kind").write_text(kind + "\n", encoding="utf-8")
    for name in ("log", "media", "queue", "queue/messages", "queue/processed", "queue/control", "static"):
        make_folder(data / name, 0o700)


def make_folder(path: Path, mode: int) -> None:
    """Make a folder; as root also let other accounts pass through the parents that this makes."""
    if path.exists():
        return
    missing = [parent for parent in path.parents if not parent.exists()]
    path.mkdir(parents=True, mode=mode)
    path.chmod(mode)
    for parent in missing:
        parent.chmod(0o755 if is_root() else 0o700)


def service_account() -> Account | None:
    """The account for the database server, made when root has none yet; None when not root."""
    if not is_root():
        return None
    try:
        entry = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        if not shutil.which("useradd"):
            entry = pwd.getpwnam("nobody")
        else:
            command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SHARED)]
            made = subprocess.run(
                [*command, "--shell", "/usr/sbin/nologin", SERVICE_USER], check=False, capture_output=True, text=True
            )
            if made.returncode:
                raise Refusal(f"The account {SERVICE_USER!r} could not be made: {made.stderr.strip()}") from None
            entry = pwd.getpwnam(SERVICE_USER)
    return Account(entry.pw_uid, entry.pw_gid)
