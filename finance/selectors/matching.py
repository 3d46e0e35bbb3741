"""Three-way match: which tolerance counts, what differs, which invoices are blocked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.fields import ZERO
from core.money import round_amount
from finance.models import Invoice, InvoiceLine, MatchDifference, MatchTolerance
from finance.states import DifferenceKind, MatchState

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Difference:
    """One difference beyond its tolerance; prices in the invoice's currency, the total in base currency."""

    kind: DifferenceKind
    line: InvoiceLine | None
    expected: Decimal
    actual: Decimal
    tolerance: Decimal


def tolerance_of(partner_id: int) -> MatchTolerance:
    """Return the supplier's own tolerance, else the general one, else what the program comes with (not stored)."""
    rows = MatchTolerance.objects.filter(Q(partner=partner_id) | Q(partner__isnull=True))
    return rows.order_by(F("partner").asc(nulls_last=True)).first() or MatchTolerance()


def differences(
    invoice: Invoice, lines: Sequence[InvoiceLine], early: Mapping[int, Decimal], tolerance: MatchTolerance
) -> list[Difference]:
    """Compare a supplier's invoice (not a credit note) with its orders and receipts.

    ``early``: {line: quantity invoiced and not received}. Lines of no order are compared with nothing.
    """
    found: list[Difference] = []
    above = ZERO
    for line in lines:
        ordered = line.purchase_order_line
        if ordered is None or not line.billed_quantity:
            continue
        expected = ordered.net_amount * line.billed_quantity / ordered.stock_quantity
        above += line.net_amount - expected
        if line.net_amount > expected * (HUNDRED + tolerance.price_percent) / HUNDRED:
            unit = expected / line.billed_quantity, line.net_amount / line.billed_quantity
            found.append(Difference(DifferenceKind.PRICE, line, *unit, tolerance.price_percent))
        missing = early.get(line.pk, ZERO)
        if missing > line.billed_quantity * tolerance.quantity_percent / HUNDRED:
            received = line.billed_quantity - missing
            quantities = received, line.billed_quantity, tolerance.quantity_percent
            found.append(Difference(DifferenceKind.QUANTITY, line, *quantities))
    in_base = round_amount(above * invoice.exchange_rate, 4)
    if tolerance.total_amount is not None and in_base > tolerance.total_amount:
        expected = round_amount(invoice.net_amount * invoice.exchange_rate, 4) - in_base
        found.append(Difference(DifferenceKind.TOTAL, None, expected, expected + in_base, tolerance.total_amount))
    return found


def standing_differences() -> QuerySet[MatchDifference]:
    """Return the differences that still block: of quantity only while goods are missing beyond the tolerance."""
    missing = Q(line__early__open_quantity__gt=F("tolerance") * F("line__billed_quantity") / HUNDRED)
    return MatchDifference.objects.filter(
        ~Q(kind=DifferenceKind.QUANTITY) | missing, invoice__match_state=MatchState.BLOCKED
    )


def blocked(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Keep the invoices that are blocked for payment now."""
    return rows.filter(Exists(standing_differences().filter(invoice=OuterRef("pk"))))


def is_blocked(invoice: Invoice) -> bool:
    """Return whether the invoice is kept from being paid."""
    return invoice.match_state == MatchState.BLOCKED and standing_differences().filter(invoice=invoice).exists()


def blocked_among(invoices: Iterable[Invoice]) -> set[int]:
    """Return the keys of those that are blocked now; no statement when none was ever blocked."""
    asked = [one.pk for one in invoices if one.match_state == MatchState.BLOCKED]
    if not asked:
        return set()
    return set(standing_differences().filter(invoice__in=asked).values_list("invoice", flat=True))
