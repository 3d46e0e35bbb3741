"""The provision for bad debts: what is needed by age, and what stands."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from core.fields import ZERO
from core.money import round_amount
from finance.models import JournalLine, ProvisionBand
from finance.selectors.accounts import accounts_of
from finance.selectors.ageing import ageing
from finance.states import AccountRole, AgeBucket, Side
from masterdata.models import Partner

USUAL = {
    AgeBucket.NOT_DUE: Decimal(0),
    AgeBucket.D30: Decimal(1),
    AgeBucket.D60: Decimal(5),
    AgeBucket.D90: Decimal(20),
    AgeBucket.OLDER: Decimal(50),
}


@dataclass(frozen=True)
class Needed:
    """What one customer owes in one band, and the part of it to provide for; base currency."""

    partner: Partner
    bucket: str
    open_amount: Decimal
    percent: Decimal
    amount: Decimal


def provision_percents() -> dict[str, Decimal]:
    """Return {band: percent}: what is set, else what is usual."""
    percents: dict[str, Decimal] = {str(code): percent for code, percent in USUAL.items()}
    return percents | dict(ProvisionBand.objects.values_list("bucket", "percent"))


def needed_provision(as_of: dt.date, decimals: int) -> list[Needed]:
    """Return what has to be provided for on a day, by customer and band; bands in credit need nothing."""
    percents = provision_percents()
    return [
        Needed(row.partner, code, amount, percents[code], round_amount(amount * percents[code] / 100, decimals))
        for row in ageing(Side.CUSTOMER, as_of)
        for code, amount in row.buckets.items()
        if amount > 0 and percents[code]
    ]


def standing_provision() -> Decimal:
    """Return what stands on the provision account, positive; below nothing when more was written off than provided."""
    lines = JournalLine.objects.filter(account__in=accounts_of(AccountRole.PROVISION))
    return -(lines.aggregate(total=Sum("amount"))["total"] or ZERO)
