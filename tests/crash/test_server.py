"""The database server dies while clerks post: nothing acknowledged is lost, nothing is half written, work goes on."""

import json
import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from config.launcher.server import APP, OWNER, Server
from tests.crash.servers import kill, own_server
from tests.databases import ROOT, Database, manage
from tests.factories import erp, masterdata
from tests.factories.core import superuser

POSTED = "SELECT id FROM erp_stockdocument WHERE kind = 'misc_issue' AND state = 'posted'"
MOVED = "SELECT source_id, count(*) FROM erp_stockmove WHERE kind = 'misc_issue' GROUP BY 1"


def drafts(count: int) -> list[int]:
    """Issues of one piece each, of three items, waiting to be posted."""
    erp.place()
    items = [masterdata.item(f"PART-{n}") for n in range(3)]
    for item in items:
        erp.opening(item, str(count), "3.33")
    return [erp.draft("misc_issue", {"item_id": items[n % 3].pk, "quantity": Decimal(1)}).pk for n in range(count)]


def start(server: Server, folder: Path, number: int, share: list[int], actor: int) -> Any:
    task = {"documents": share, "actor": actor, "acks": str(folder / f"acks-{number}"), "patience": 300}
    task["over"] = str(folder / "over")
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.poster", json.dumps(task)],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": server.url(APP),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "CRITICAL",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def acknowledged(folder: Path) -> set[int]:
    return {int(line) for file in folder.glob("acks-*") for line in file.read_text(encoding="ascii").split()}


def rows(server: Server, sql: str) -> list[tuple]:
    with psycopg.connect(server.url(APP)) as connection:
        return connection.execute(sql).fetchall()


def crash(source: Database, folder: Path, *, documents: int, clerks: int, ways: list[str]) -> None:
    """Let clerks post while the server dies once for each of ``ways``, evenly spread over the work."""
    keys = drafts(documents)
    actor = superuser("clerk").pk
    with own_server(source) as server:
        runners = [start(server, folder, n, keys[n::clerks], actor) for n in range(clerks)]
        try:
            for runner in runners:
                assert runner.stdout.readline() == "ready\n", runner.stderr.read()
            for runner in runners:
                runner.stdin.write("go\n")
                runner.stdin.flush()
            for turn, way in enumerate(ways, 1):
                _wait_until(folder, documents * turn // (len(ways) + 1), runners)
                kill(server, way)
                promised = acknowledged(folder)
                server.start()
                kept = {pk for (pk,) in rows(server, POSTED)}
                assert promised <= kept, f"{way}: lost {sorted(promised - kept)}"
            (folder / "over").touch()
            met = []
            for runner in runners:
                out, err = runner.communicate(timeout=600)
                assert runner.returncode == 0, err
                met += json.loads(out.strip().splitlines()[-1])
        finally:
            for runner in runners:
                runner.kill()
        assert len(met) >= len(ways), "nobody noticed: the server was not killed during the work"
        assert acknowledged(folder) == set(keys)
        assert dict(rows(server, MOVED)) == dict.fromkeys(keys, 1)
        manage("invariants", url=server.url(APP), owner=server.url(OWNER))


def _wait_until(folder: Path, count: int, runners: list[Any]) -> None:
    for _ in range(6000):
        if len(acknowledged(folder)) >= count:
            return
        assert all(runner.poll() in {None, 0} for runner in runners), [runner.stderr.read() for runner in runners]
        time.sleep(0.02)
    raise AssertionError("the clerks do not get on")


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(committed, tmp_path):
    crash(committed, tmp_path, documents=24, clerks=2, ways=["kill", "immediate"])
