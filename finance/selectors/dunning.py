"""Who is due a letter: overdue customers, the level they have reached, and what holds the next letter back."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from finance.models import DunningBlock, DunningLetter, DunningLevel, InvoiceInstalment
from finance.selectors.ageing import open_instalments
from finance.selectors.settings import finance_settings
from finance.states import DunningState, Side
from masterdata.models import Partner


@dataclass(frozen=True)
class DueLetter:
    """One customer with overdue instalments: the level of the next letter, None while it is held back by ``why``."""

    partner: Partner
    overdue: Decimal
    items: int
    days: int
    last_level: int
    last_date: dt.date | None
    level: DunningLevel | None
    why: str


def overdue_instalments(day: dt.date, user: Any = None, partner_id: int | None = None) -> QuerySet[InvoiceInstalment]:
    """Return the customers' instalments past their day, credit notes left out."""
    rows = open_instalments(Side.CUSTOMER, user).filter(due_date__lt=day, invoice__is_credit=False)
    return rows.filter(partner=partner_id) if partner_id else rows


def due_letters(day: dt.date, user: Any = None) -> list[DueLetter]:
    """Return the overdue customers, those with a letter to be written first; six statements however many they are.

    The next level is one above the last sent letter's, when the oldest item is late enough for it and the interval
    has passed; paying everything starts again from the first.
    """
    levels = list(DunningLevel.objects.order_by("level"))
    sums = (
        overdue_instalments(day, user)
        .order_by()
        .values("partner")
        .annotate(overdue=Sum("open_base_amount"), items=Count("pk"), oldest=Min("due_date"))
    )
    rows: list[dict[str, Any]] = list(sums)  # type: ignore[arg-type]
    keys = [row["partner"] for row in rows]
    partners = Partner.objects.in_bulk(keys)
    last = {one.partner_id: one for one in last_letters(keys)}
    drafts = set(
        DunningLetter.objects.filter(partner__in=keys, state=DunningState.DRAFT).values_list("partner", flat=True)
    )
    blocked = set(active_blocks(day).filter(partner__in=keys).values_list("partner", flat=True))
    interval = finance_settings().dunning_interval_days
    found = []
    for row in rows:
        pk, before = row["partner"], last.get(row["partner"])
        days = (day - row["oldest"]).days
        reached = before.level.level if before and before.document_date > row["oldest"] else 0
        level = _next(levels, reached, days)
        why = ""
        if pk in blocked:
            why = "blocked"
        elif pk in drafts:
            why = "drafted"
        elif before and reached and (day - before.document_date).days < interval:
            why = "recent"
        elif level is None:
            why = "early"
        found.append(
            DueLetter(
                partner=partners[pk],
                overdue=row["overdue"],
                items=row["items"],
                days=days,
                last_level=reached,
                last_date=before.document_date if before else None,
                level=None if why else level,
                why=why,
            )
        )
    return sorted(found, key=lambda one: (one.level is None, -one.overdue))


def _next(levels: list[DunningLevel], reached: int, days: int) -> DunningLevel | None:
    """Return the next level the customer is late enough for; at the last one it is repeated."""
    later = [one for one in levels if one.level > reached] or levels[-1:]
    return later[0] if later and later[0].days_overdue <= days else None


def last_letters(partner_ids: list[int]) -> QuerySet[DunningLetter]:
    """Return the last sent letter of each partner."""
    sent = DunningLetter.objects.filter(state=DunningState.SENT, partner__in=partner_ids)
    newest = sent.filter(partner=OuterRef("partner")).order_by("-document_date", "-pk").values("pk")[:1]
    return sent.filter(pk=Subquery(newest)).select_related("level")


def active_blocks(day: dt.date) -> QuerySet[DunningBlock]:
    """Return the blocks that hold on a day."""
    return DunningBlock.objects.filter(Q(until__isnull=True) | Q(until__gte=day)).select_related("partner")


def letters_of(partner_id: int) -> QuerySet[DunningLetter]:
    """Return the letters of a customer, the newest first."""
    rows = DunningLetter.objects.filter(partner=partner_id).exclude(state=DunningState.CANCELLED)
    return rows.select_related("level").order_by("-document_date", "-pk")


def totals_by_currency(letter: DunningLetter) -> list[dict[str, Any]]:
    """Return the sums of a letter by currency."""
    rows = letter.lines.order_by().values(
        code=F("instalment__invoice__currency__code"), decimals=F("instalment__invoice__currency__decimals")
    )
    sums = rows.annotate(total=Sum("amount"), oldest=Max("days_overdue")).order_by("code")
    return [dict(row) for row in sums]
