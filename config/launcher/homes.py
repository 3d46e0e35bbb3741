"""One data folder with its lock, its keys, its database and the environment of the programs that work on it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.launcher import keys, libraries, packages, places
from config.launcher.processes import call
from config.launcher.server import APP, OWNER, Server, binaries, psql
from config.launcher.speech import Refusal

CATALOGUES = "locale/*/LC_MESSAGES/django.po"


class Home:
    """Where one kind of books lives, and how to reach its database."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.data = places.data_folder(kind)
        self.foreign = bool(os.environ.get("DATABASE_URL") or keys.read(self.data / ".env").get("DATABASE_URL"))
        self.server: Server | None = None
        self._lock: IO[str] | None = None

    # --- one launcher at a time --------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only launcher on this folder, or refuse, naming the other."""
        if not self._try_lock():
            raise Refusal(self._who())
        try:
            yield
        finally:
            self._unlock()

    def running(self) -> bool:
        """Does another launcher work on this folder?"""
        if not (self.data / "run.lock").exists():
            return False
        if self._try_lock():
            self._unlock()
            return False
        return True

    def note(self, **facts: object) -> None:
        """Tell a second launcher what this one is."""
        if self._lock:
            self._lock.seek(0)
            self._lock.truncate()
            json.dump({"pid": os.getpid(), **facts}, self._lock)
            self._lock.flush()

    def _try_lock(self) -> bool:
        places.make_folder(self.data, 0o711 if places.is_root() else 0o700)
        lock = (self.data / "run.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        self.note()
        return True

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def _who(self) -> str:
        try:
            facts = json.loads((self.data / "run.lock").read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            facts = {}
        address = f" at {facts['url']}" if "url" in facts else ""
        return f"It is running already{address} (process {facts.get('pid', 'unknown')}, data in {self.data})."

    # --- database ----------------------------------------------------------------------------------------------------

    @contextmanager
    def database(self, *, durable: bool = True, folder: Path | None = None) -> Iterator[None]:
        """Keep the embedded server running; nothing to do when another launcher does, or the server is a foreign one.

        With `folder` the cluster lies there, as while a backup is being restored.
        """
        found = keys.ensure(self.data)
        if self.foreign:
            yield
            return
        self.server = Server(folder or self.data, found, places.service_account(), durable=durable)
        if self._lock is None:  # the launcher that holds the lock keeps the server
            yield
            return
        try:
            self.server.start()
            yield
        finally:
            self.server.stop()

    def url(self) -> str:
        if self.server:
            return self.server.url(APP)
        return os.environ.get("DATABASE_URL") or keys.read(self.data / ".env")["DATABASE_URL"]

    def owner_url(self) -> str:
        """The login that owns the tables; a foreign server may have one login for both."""
        if self.server:
            return self.server.url(OWNER)
        given = os.environ.get("DATABASE_OWNER_URL") or keys.read(self.data / ".env").get("DATABASE_OWNER_URL")
        return given or self.url()

    def has_tables(self) -> bool:
        return bool(psql(self.owner_url(), "SELECT to_regclass('public.django_migrations');\n").strip())

    # --- programs ----------------------------------------------------------------------------------------------------

    def environment(self, *, as_owner: bool = False) -> dict[str, str]:
        """For a program that works on this database; the owner's address goes to migrations alone."""
        hidden = {"DATABASE_OWNER_URL", "PYTHONHOME", "PYTHONPATH", *keys.FOR_THE_LAUNCHER_ALONE}
        found = {key: value for key, value in os.environ.items() if key not in hidden}
        found |= keys.settings(keys.ensure(self.data)) | libraries.environment()
        found |= {
            "PATH": f"{packages.venv() / 'bin'}:{os.environ.get('PATH', os.defpath)}:{binaries()}",
            "VIRTUAL_ENV": str(packages.venv()),
            "PYTHONUTF8": "1",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CONCORD_DATA": str(self.data),
            "DATABASE_URL": self.owner_url() if as_owner else self.url(),
        }
        if found.pop("PYTHONDONTWRITEBYTECODE", ""):
            # nothing beside the source then, but elsewhere: compiling takes seconds at each start
            found.setdefault("PYTHONPYCACHEPREFIX", str(places.var() / "pycache"))
        if self.kind == places.DEMO:
            found |= {"CONCORD_DEMO": "1"} | ({} if "CONCORD_ENV_NAME" in found else {"CONCORD_ENV_NAME": "Demo"})
        found.pop("DATABASE_OWNER_URL", None)
        return found | ({"DATABASE_OWNER_URL": self.owner_url()} if as_owner else {})

    def manage(self, *arguments: str, what: str, as_owner: bool = False) -> None:
        """Run one of manage.py's commands as a step."""
        call(
            [str(packages.python()), "manage.py", *arguments],
            log=self.data / "log/prepare.log", env=self.environment(as_owner=as_owner), cwd=places.ROOT, what=what,
        )  # fmt: skip

    def migrate(self) -> None:
        self.manage("upgrade", "-v1", what="Bringing the tables up to date", as_owner=True)

    def compile_catalogues(self) -> None:
        """Translations are kept as text; compile those that changed."""
        for catalogue in places.ROOT.glob(CATALOGUES):
            compiled = catalogue.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
                self.manage("messages", "compile", what="Compiling the translations")
                return
