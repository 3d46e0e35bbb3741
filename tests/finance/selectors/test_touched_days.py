"""The check of each minute looks for places below zero from the earliest touched day on, and at nothing older."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from erp.models import StockMove
from finance.selectors.invariants import INVARIANTS, violations
from masterdata.selectors.places import virtual_location
from tests.factories import erp, masterdata

D = Decimal
NEVER_NEGATIVE = [one for one in INVARIANTS if one.code == "stock_never_negative"]
pytestmark = pytest.mark.django_db


def slipped_in(item, quantity, day, *, comes):
    """A move past the posting service, which would refuse it."""
    here, there = erp.shelf(), virtual_location("count")
    return StockMove.objects.create(
        item=item,
        from_location=there if comes else here,
        to_location=here if comes else there,
        quantity=D(quantity),
        kind="count",
        source_label="erp.stocktake",
        source_id=1,
        source_number="X",
        moved_on=day,
        created_at=timezone.now(),
    )


def test_a_backdated_hole_is_found_by_the_days_touched_since_the_mark():
    erp.place()
    item = masterdata.item("MOTOR")
    erp.opening(item, "10", "7")
    assert violations(NEVER_NEGATIVE) == []
    mark = {"move": StockMove.objects.latest("pk").pk}
    first, second = erp.TODAY - dt.timedelta(days=9), erp.TODAY - dt.timedelta(days=8)
    slipped_in(item, "5", first, comes=False)
    later = slipped_in(item, "5", second, comes=True)
    [found] = violations(NEVER_NEGATIVE)
    assert [(row["day"], row["balance"]) for row in found.rows] == [(first, D(-5))]
    assert violations(NEVER_NEGATIVE, since=mark)
    assert violations(NEVER_NEGATIVE, since={"move": later.pk - 1}) == []  # the day of the hole is older: the night's
    today = {"move": later.pk}
    erp.posted(erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(1)}))
    assert violations(NEVER_NEGATIVE, since=today) == []
