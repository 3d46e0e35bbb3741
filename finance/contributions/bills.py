"""Bills of exchange: navigation, search, bills that fall due."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Fact, Hit, SearchSource, Work, WorkItems
from finance.contributions.links import list_url
from finance.models import Bill
from finance.selectors.bills import held_bills

AHEAD = dt.timedelta(days=7)


def falling_due() -> QuerySet[Bill]:
    """Outstanding bills due within a week."""
    return held_bills().filter(due_date__lte=today() + AHEAD)


def bills_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Bills to be collected or honoured."""
    day = today()
    return [
        Work(str(row), row.get_absolute_url(), f"{row.partner} {row.bill_number}", row.due_date, row.due_date < day)
        for row in falling_due()[:limit]
    ]


def search_bills(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Bills by our number and the bill's own."""
    found = Bill.objects.visible_to(user).filter(Q(number__icontains=text) | Q(bill_number__icontains=text))
    return [
        Hit(
            title=str(row),
            url=row.get_absolute_url(),
            subtitle=f"{row.partner} {row.bill_number}",
            icon="file-dollar",
            exact=text.lower() in {row.number.lower(), row.bill_number.lower()},
        )
        for row in found.select_related("partner").order_by("-pk")[:limit]
    ]


CONTRIBUTIONS = (
    Fact(_("bill of exchange"), "finance", 7),
    SearchSource("finance.bill", _("Bills of exchange"), "finance.view_bill", search_bills, 85),
    WorkItems(
        "finance.bills_due",
        _("Bills due within a week"),
        "finance.settle_bill",
        waiting=lambda user: falling_due(),
        items=bills_waiting,
        url=list_url("finance:bill-list", "state=held"),
        step=7,
        order=46,
    ),
)
