"""Bills of exchange: their accounts, and what they still expose us to."""

import datetime as dt
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from core.fields import ZERO
from finance.models import Bill, Invoice
from finance.selectors.accounts import AccountBook
from finance.states import AccountRole, BillSide, BillState
from masterdata.selectors.merging import keys_of_family


def bill_account(bill: Bill, book: AccountBook) -> int:
    """Return the account bills of this side stand on."""
    received = bill.side == BillSide.RECEIVED
    return book.account(AccountRole.BILLS_RECEIVABLE if received else AccountRole.BILLS_PAYABLE)


def exposed_bills(partner_id: int, day: dt.date) -> QuerySet[Bill]:
    """Return a customer's bills not paid yet: held ones, and those passed on whose day has not come (recourse)."""
    passed_on = Q(state__in=[BillState.ENDORSED, BillState.DISCOUNTED], due_date__gte=day)
    return Bill.objects.filter(
        Q(state=BillState.HELD) | passed_on, partner__in=keys_of_family(partner_id), side=BillSide.RECEIVED
    )


def bills_not_due(partner_id: int, day: dt.date) -> Decimal:
    """Return what a customer's bills expose us to, in base currency."""
    return exposed_bills(partner_id, day).aggregate(total=Sum("base_amount"))["total"] or ZERO


def held_bills() -> QuerySet[Bill]:
    """Return the bills that wait for their day, the next due first."""
    return Bill.objects.filter(state=BillState.HELD).select_related("partner", "currency").order_by("due_date", "pk")


def dishonoured_opening(item: Invoice) -> Bill | None:
    """Return the opening bill that was dishonoured and is owed by ``item``, if it is such a claim."""
    owed_by = Q(partner=item.partner_id) | Q(endorsed_to=item.partner_id)
    found = Bill.objects.filter(owed_by, state=BillState.DISHONOURED, bill_number=item.supplier_reference)
    return found.exclude(opening_state="").first()
