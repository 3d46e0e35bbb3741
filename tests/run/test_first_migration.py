"""The quick first migration gives the same tables as Django's own, line for line.

Here up to the sixth of masterdata (new, changed and removed fields, constraints, indexes, steps in Python), because the
ordinary one takes minutes for everything; `./run soak` compares everything.
"""

import os
import subprocess
import sys

from config.launcher.server import libpq
from tests import databases
from tests.run.conftest import wheel_program

MIGRATE = """
import sys
from contextlib import nullcontext

import django
from django.core.management import call_command

django.setup()
from core.management.commands.upgrade import rendering_less

quick, *apps = sys.argv[1:]
with rendering_less() if quick == "quick" else nullcontext():
    call_command("migrate", *apps, verbosity=0)
"""


def schema(way: str, *apps: str) -> list[str]:
    """All statements that make the database, sorted: dependencies of equal rank come in any order."""
    made = databases.empty()
    try:
        environment = os.environ | {"DATABASE_URL": made.owner_url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        migrate = [sys.executable, "-c", MIGRATE, way, *apps]
        subprocess.run(migrate, check=True, cwd=databases.ROOT, env=environment)
        dump = subprocess.run(
            [wheel_program("pg_dump"), "--schema-only"],
            check=True, capture_output=True, text=True, env={"PATH": os.defpath} | libpq(made.owner_url),
        )  # fmt: skip
    finally:
        databases.drop(made.name)
    return sorted(line for line in dump.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


def test_the_quick_first_migration_makes_the_same_tables():
    quick = schema("quick", "masterdata", "0006")

    assert quick == schema("ordinary", "masterdata", "0006")
    assert sum(line.startswith("CREATE TABLE") for line in quick) > 30
