"""How far the running proof of the books has looked, what it found broken, and who must know."""

import datetime as dt
import time
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from core.models.users import User
from finance.models import Breach, ProofMark
from finance.selectors.invariants import INVARIANTS, Violation
from finance.selectors.invariants.touched import APPEND_ONLY

SETTLING = 20
"""How often to look, a tenth of a second apart, whether the transactions of the first look have ended."""

TOLD = ("finance_manager", "administrator")


def settled_floors() -> dict[str, int] | None:
    """Return the highest keys below which every row is committed; None while an older transaction goes on.

    An operation has locked or written something before it takes the key of a ledger row, so the server knows its
    transaction when the keys are read here; once all transactions of that moment have ended, nothing can appear below.
    Asked outside of a transaction: inside one, the asking transaction itself would be waited for.
    """
    keys = ", ".join(f"coalesce((SELECT max(id) FROM {table}), 0)" for table in APPEND_ONLY.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, {keys}")
        horizon, *floors = cursor.fetchone()
        for _ in range(SETTLING):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [horizon])
            if cursor.fetchone()[0]:
                return dict(zip(APPEND_ONLY, floors, strict=True))
            time.sleep(0.1)
    return None


def floors_before(moment: dt.datetime) -> dict[str, int]:
    """Return the floors of the last mark before ``moment``; without one everything counts as touched since."""
    mark = ProofMark.objects.filter(taken_at__lte=moment).order_by("-taken_at", "-pk").first()
    return dict(mark.floors) if mark else {}


def open_breaches() -> QuerySet[Breach]:
    """Return what is broken, the oldest first."""
    return Breach.objects.filter(gone_at__isnull=True).order_by("found_at", "pk")


def invariant_name(code: str) -> str:
    """Return the sentence of an invariant in the reader's language."""
    return next((str(one.name) for one in INVARIANTS if one.code == code), code)


def subject_of(violation: Violation, row: dict[str, Any]) -> str:
    """Return what a row says is broken: its first two columns. Amounts are left out, they change with every posting."""
    named = list(row.items())[:2]
    return ", ".join(f"{name}={value}" for name, value in named if not _is_amount(value))[:200]


def _is_amount(value: Any) -> bool:
    return hasattr(value, "as_tuple") or value is None


def people_to_tell() -> list[User]:
    """Return the active users who look after the books; the superusers where nobody does."""
    active = User.objects.filter(is_active=True, kind=User.Kind.STAFF)
    keepers = active.filter(groups__role__code__in=TOLD).distinct()
    return list(keepers or active.filter(Q(is_superuser=True)))
