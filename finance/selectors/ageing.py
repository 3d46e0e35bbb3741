"""Receivables and payables by age: open instalments, by partner, in base currency."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.money import round_amount
from finance.models import InvoiceInstalment, Payment
from finance.states import Direction, PaymentState, Side
from masterdata.models import Partner
from masterdata.selectors.merging import keys_of_family

BUCKETS: Sequence[tuple[str, Any, int | None, int | None]] = (
    ("not_due", _("Not due"), None, 0),
    ("d30", _("1–30 days"), 1, 30),
    ("d60", _("31–60 days"), 31, 60),
    ("d90", _("61–90 days"), 61, 90),
    ("older", _("Over 90 days"), 91, None),
)
"""(code, label, from, to): days after the due date, both ends included."""

EXACT = DecimalField(max_digits=38, decimal_places=10)
IN_BASE = F("open_base_amount")


@dataclass
class AgeingRow:
    """What one partner owes (or is owed), by bucket, and the money not allocated yet."""

    partner: Partner
    buckets: dict[str, Decimal] = field(default_factory=dict)
    advances: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Everything open."""
        return sum(self.buckets.values(), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What is past its due date."""
        return self.total - self.buckets.get("not_due", ZERO)

    @property
    def net(self) -> Decimal:
        """Open less the money not allocated."""
        return self.total - self.advances

    @property
    def amounts(self) -> list[Decimal]:
        """The buckets in their order."""
        return [self.buckets.get(code, ZERO) for code, *_rest in BUCKETS]


def open_instalments(kind: str, user: Any = None) -> QuerySet[InvoiceInstalment]:
    """Return what is open of posted invoices and credit notes, in the row scope of ``user`` (None: all)."""
    rows = InvoiceInstalment.objects.filter(kind=kind).exclude(open_amount=0)
    return rows if user is None else rows.filter(in_scope(user))


def in_scope(user: Any, partner: str = "partner") -> Q:
    """Return the condition that keeps rows of partners whom ``user`` sees."""
    if user.is_superuser or user.scope == "all":
        return Q()
    return Q(**{f"{partner}__in": Partner.objects.visible_to(user).values("pk")})


def ageing(kind: str, as_of: dt.date, user: Any = None, partner_id: int | None = None) -> list[AgeingRow]:
    """Return one row per partner with something open or not allocated, the most overdue first; three statements.

    What is open of a partner merged into another stands in the row of the one kept.
    """
    rows = open_instalments(kind, user)
    advances = _advances(kind, user)
    if partner_id is not None:
        keys = keys_of_family(partner_id)
        rows, advances = rows.filter(partner__in=keys), advances.filter(partner__in=keys)
    found: dict[int, AgeingRow] = {}
    sums = (
        rows.order_by()
        .values("partner")
        .annotate(**{code: Sum(IN_BASE, filter=_overdue(as_of, first, last)) for code, _label, first, last in BUCKETS})
    )
    aged = cast("list[dict[str, Any]]", list(sums))
    money = list(advances.order_by().values_list("partner").annotate(total=Sum(_signed())))
    kept = _kept({*(row["partner"] for row in aged), *(pk for pk, _amount in money)})
    for row in aged:
        partner = kept[row["partner"]]
        buckets = found.setdefault(partner.pk, AgeingRow(partner)).buckets
        for code, *_rest in BUCKETS:
            if row[code]:
                buckets[code] = buckets.get(code, ZERO) + round_amount(row[code])
    for pk, amount in money:
        found.setdefault(kept[pk].pk, AgeingRow(kept[pk])).advances += round_amount(amount)
    return sorted(found.values(), key=lambda row: (-row.overdue, -row.total, row.partner.code))


def _kept(keys: set[int]) -> dict[int, Partner]:
    """Return {key: the partner that stands for it}; one statement, and one more where some were merged."""
    named = Partner.objects.in_bulk(keys)
    missing = {one.merged_into_id for one in named.values() if one.merged_into_id} - named.keys()
    known = named | (Partner.objects.in_bulk(missing) if missing else {})
    return {key: known[one.merged_into_id or key] for key, one in named.items()}


def totals(rows: Sequence[AgeingRow]) -> list[Decimal]:
    """Return the sums of the buckets over all partners, in their order."""
    return [sum((row.buckets.get(code, ZERO) for row in rows), ZERO) for code, *_rest in BUCKETS]


def bucket_of(due_date: dt.date, as_of: dt.date) -> str:
    """Return the code of the bucket an instalment falls in."""
    days = (as_of - due_date).days
    return next(
        code
        for code, _label, first, last in BUCKETS
        if (first is None or days >= first) and (last is None or days <= last)
    )


def in_bucket(rows: QuerySet[InvoiceInstalment], code: str, as_of: dt.date) -> QuerySet[InvoiceInstalment]:
    """Return the instalments of one bucket; an unknown code keeps all."""
    for known, _label, first, last in BUCKETS:
        if known == code:
            return rows.filter(_overdue(as_of, first, last))
    return rows


def _overdue(as_of: dt.date, first: int | None, last: int | None) -> Q:
    condition = Q()
    if first is not None:
        condition &= Q(due_date__lte=as_of - dt.timedelta(days=first))
    if last is not None:
        condition &= Q(due_date__gte=as_of - dt.timedelta(days=last))
    return condition


def _advances(kind: str, user: Any) -> QuerySet[Payment]:
    rows = Payment.objects.filter(kind=kind, state=PaymentState.POSTED).exclude(open_amount=0)
    return rows if user is None else rows.filter(in_scope(user))


def _signed() -> Case:
    """Money a customer paid in (or we paid a supplier) lowers what is open; money paid back raises it."""
    natural = Q(kind=Side.CUSTOMER, direction=Direction.IN) | Q(kind=Side.SUPPLIER, direction=Direction.OUT)
    return Case(
        When(natural, then=F("open_base_amount")),
        default=F("open_base_amount") * Value(Decimal(-1)),
        output_field=EXACT,
    )
