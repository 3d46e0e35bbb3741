"""A database server of one test alone, durable as in production, holding a copy of the test's database."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from config.launcher import keys, packages, places
from config.launcher.server import DATABASE, OWNER, Server, binaries, libpq
from tests.databases import Database


@contextmanager
def own_server(source: Database) -> Iterator[Server]:
    """Start it, fill it from ``source``, stop and remove it at the end whatever happened to it."""
    data = Path(tempfile.mkdtemp(prefix="cc-crash-"))
    data.chmod(0o711)  # the account of the database server passes through
    try:
        with mock.patch.object(packages, "venv", return_value=Path(sys.prefix)):
            books = data / "books"
            places.claim(books, places.COMPANY)
            server = Server(books, keys.ensure(books), places.service_account(), durable=True)
            server.start()
            try:
                _copy(source, server, data / "dump")
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _copy(source: Database, server: Server, dump: Path) -> None:
    for url, command in (
        (source.owner_url, ["pg_dump", "-Fc", "--no-owner", "-f", str(dump)]),
        (server.url(OWNER), ["pg_restore", "--no-owner", "--exit-on-error", "-d", DATABASE, str(dump)]),
    ):
        subprocess.run([str(binaries() / command[0]), *command[1:]], check=True, env={"PATH": os.defpath} | libpq(url))


def kill(server: Server, way: str) -> None:
    """End the server as a crash does: ``kill`` all its processes at once, or ``immediate`` shutdown."""
    assert server.child is not None
    if way == "kill":
        os.killpg(server.child.pid, signal.SIGKILL)
    else:
        server.child.send_signal(signal.SIGQUIT)  # what pg_ctl stop -m immediate sends
    server.child.wait()
