"""Databases of the tests: a template built once per state of the migrations, and clones of it.

Nothing here needs Django. The owner's login makes templates and clones, the tests connect with the application's login.
"""

import hashlib
import itertools
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "masterdata", "crm", "erp", "scm", "finance")
TEMPLATE_PREFIX = "concord_template_"
TEMPLATES_KEPT = 4
HOST = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:4]
CLONE_PREFIX = f"concord_test_{HOST}_"
BUILD_LOCK = 0x436F6E63
IMPORT_OF_OURS = re.compile(rf"^(?:from|import) ((?:{'|'.join(APPS)})(?:\.\w+)+)", re.MULTILINE)

# What each kind of template holds: the commands that fill it after the migrations, and the files they depend on.
# The demo company ends its story on one day, and stays there: on which days what is overdue or waits would differ else.
KINDS: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "empty": ((), ()),
    "demo": ((("seed_demo", "--today=2026-11-30"),), tuple(f"{app}/**/*.py" for app in APPS)),
}

_serial = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """One database of the tests: its name, and its addresses for either login."""

    name: str
    url: str
    owner_url: str


def app_url() -> str:
    """Address of the server with the application's login."""
    return os.environ["DATABASE_URL"]


def owner_url() -> str:
    """Address of the server with the owner's login; the same login where there is only one."""
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def named(url: str, name: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def database(name: str) -> Database:
    return Database(name, named(app_url(), name), named(owner_url(), name))


@contextmanager
def owner_connection() -> Iterator[psycopg.Connection]:
    """A connection that may create and drop databases: to the one the address names, else to `postgres`."""
    try:
        connection = psycopg.connect(owner_url(), autocommit=True)
    except psycopg.OperationalError:
        connection = psycopg.connect(named(owner_url(), "postgres"), autocommit=True)
    with connection:
        connection.execute("SET lock_timeout = 0")  # others build the template: that takes as long as it takes
        yield connection


def sources(kind: str) -> list[Path]:
    """The files a template of this kind is made from: migrations, what they import, rights, and the pinned packages."""
    found = {ROOT / "uv.lock", ROOT / "config/settings.py"}
    for app in APPS:
        found.update((ROOT / app).glob("**/permissions.py"))
        found.update((ROOT / app).glob("permissions/*.py"))
        found.update((ROOT / app).glob("**/apps.py"))
        for migration in (ROOT / app).glob("**/migrations/*.py"):
            found.add(migration)
            for module in IMPORT_OF_OURS.findall(migration.read_text(encoding="utf-8")):
                place = ROOT / module.replace(".", "/")
                found.add(place.with_suffix(".py"))
                found.update(place.glob("*.py"))
    for pattern in KINDS[kind][1]:
        found.update(ROOT.glob(pattern))
    return sorted(path for path in found if path.is_file())


def template_name(kind: str) -> str:
    digest = hashlib.sha256(repr((kind, KINDS[kind][0])).encode())
    for path in sources(kind):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{TEMPLATE_PREFIX}{kind}_{digest.hexdigest()[:16]}"


def template(kind: str = "empty") -> str:
    """The name of a finished template of this kind, built first when it is missing. Safe among many processes."""
    if kind != "empty":
        template()  # outside the lock below: it takes the same one
    name = template_name(kind)
    with owner_connection() as connection:
        if _exists(connection, name):
            return name
        connection.execute("SET lock_timeout = 0")  # on a busy machine another process builds for minutes
        connection.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
        if not _exists(connection, name):
            _build(connection, name, kind)
            _drop_old_templates(connection, kind)
    return name


def clone(kind: str = "empty") -> Database:
    """A database of its own, copied from the template; give it back with `drop`."""
    made = database(f"{CLONE_PREFIX}{os.getpid()}_{next(_serial)}")
    try:
        _copy(template(kind), made.name)
    except psycopg.errors.InvalidCatalogName:  # dropped as an old one between the look and the copy
        _copy(template(kind), made.name)
    return made


def empty() -> Database:
    """A database without any table; give it back with `drop`."""
    made = database(f"{CLONE_PREFIX}{os.getpid()}_{next(_serial)}")
    with owner_connection() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made.name)))
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(made.name)))
    return made


def drop(name: str) -> None:
    with owner_connection() as connection:
        _drop(connection, name)


def drop_left_overs() -> None:
    """Drop the clones of processes of this machine that are gone."""
    with owner_connection() as connection:
        for name in _names(connection, CLONE_PREFIX):
            pid = name.removeprefix(CLONE_PREFIX).split("_")[0]
            if pid.isdigit() and not _alive(int(pid)):
                with suppress(psycopg.Error):  # another session's start may be dropping it too
                    _drop(connection, name)


def manage(*arguments: str, url: str, owner: str) -> None:
    """Run a management command against a database, its output shown when it fails."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": owner,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "IDLE_IN_TRANSACTION_TIMEOUT": "10min",  # a busy machine may leave a build waiting for a processor
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed on a test database\n{done.stdout}{done.stderr}")


def _build(connection: psycopg.Connection, name: str, kind: str) -> None:
    building = f"{name}_building"
    _drop(connection, building)
    commands, _ = KINDS[kind]
    if kind == "empty":
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    else:
        _copy(template_name("empty"), building)
    made = database(building)
    try:
        if kind == "empty":
            manage("upgrade", "-v0", url=made.owner_url, owner=made.owner_url)
        for command in commands:
            manage(*command, url=made.url, owner=made.owner_url)
    except BaseException:
        _drop(connection, building)
        raise
    for statement in (
        "ALTER DATABASE {building} RENAME TO {name}",
        "ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false",
    ):
        connection.execute(
            sql.SQL(statement).format(building=sql.Identifier(building), name=sql.Identifier(name))  # type: ignore[arg-type]
        )


def _copy(source: str, name: str) -> None:
    with owner_connection() as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        )
        # rights on the database itself do not come with the copy
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def _drop_old_templates(connection: psycopg.Connection, kind: str) -> None:
    for name in _names(connection, f"{TEMPLATE_PREFIX}{kind}_")[:-TEMPLATES_KEPT]:
        with suppress(psycopg.Error):  # being copied this moment: the next build drops it
            connection.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE false").format(sql.Identifier(name)))
            _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database with whoever is connected.

    The server's own vacuum may be at work in it: no owner may end that by force, but a dropping without force asks it
    to leave.
    """
    dropping = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    for statement in (dropping + sql.SQL(" WITH (FORCE)"), dropping):
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
            return
    raise PermissionError(f"database {name} could not be dropped: neither by force nor without")


def _names(connection: psycopg.Connection, prefix: str) -> list[str]:
    """Databases whose names begin so, oldest first."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname::text, %s) ORDER BY oid::bigint", [prefix]
    )
    return [row[0] for row in rows]


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
