"""One clerk who posts documents while the database server is killed, and notes what was acknowledged to him.

Arguments: JSON of {"documents": [ids], "actor": id, "acks": path, "over": path, "patience": seconds}. Each document is
tried with one key until an answer comes; only then its id is written to the file, flushed to disk. With all posted he
asks for the last one again, by its key, until the file ``over`` says that the server has died for the last time: every
death meets clerks at work.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django


def main() -> None:
    django.setup()
    task = json.loads(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    met: list[str] = []
    with Path(task["acks"]).open("a", encoding="ascii") as acks:
        for pk in task["documents"]:
            met += post(pk, task)
            acks.write(f"{pk}\n")
            acks.flush()
            os.fsync(acks.fileno())
    while not Path(task["over"]).exists():
        met += post(task["documents"][-1], task)
    sys.stdout.write(json.dumps(met) + "\n")


def post(pk: int, task: dict[str, Any]) -> list[str]:
    """Post one document, however long the server is away; returns the failures met on the way."""
    from django.db import InterfaceError, OperationalError, connection

    from core.models import User
    from core.operations import perform
    from erp.services.stock_documents import post_stock_document

    until = time.monotonic() + task["patience"]
    met: list[str] = []
    while True:
        try:
            actor = User.objects.get(pk=task["actor"])
            perform(post_stock_document, actor=actor, key=f"post {pk}", document_id=pk)
        except (InterfaceError, OperationalError) as error:
            met.append(type(error).__name__)
            if time.monotonic() > until:
                raise
            connection.close()
            time.sleep(0.1)
        else:
            return met


if __name__ == "__main__":
    main()
