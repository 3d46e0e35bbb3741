"""What `manage.py check --database default` says about the database's logins."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

OLDEST_POSTGRESQL = 16_00_00
LOGIN = """
SELECT rolsuper, EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)
  FROM pg_roles WHERE rolname = current_user
"""


def check_logins(*, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """The programs' login should own no table: then no defect in them can change a ledger or its triggers."""
    if "default" not in (databases or ()) or settings.DATABASE_OWNER_URL:  # the owner's address is for migrations
        return []
    connection = connections["default"]
    connection.ensure_connection()
    found: list[CheckMessage] = []
    version = connection.connection.info.server_version
    if version < OLDEST_POSTGRESQL:
        found.append(Error(f"PostgreSQL {version // 10_000} is too old.", hint="Use 16 or newer.", id="core.E001"))
    with connection.cursor() as cursor:
        cursor.execute(LOGIN)
        superuser, owner = cursor.fetchone()
    if superuser or owner:
        what = "is a superuser" if superuser else "owns the tables"
        found.append(
            Warning(
                f"The login of DATABASE_URL {what}: rights alone do not keep the ledgers from being changed.",
                hint="Use two logins, concord_owner for migrations and concord_app (docs/deployment.md).",
                id="core.W001",
            )
        )
    return found
