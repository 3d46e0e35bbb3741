"""Invoice lines of carriers: the charges of received goods that were accrued before the invoice came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from finance.errors import ChargeNotInvoiceable
from finance.models import AccruedCharge, Invoice, InvoiceLine
from finance.selectors.invoiceable import drafted
from finance.states import Side
from masterdata.models import Tax

CHARGE = "landed_charge_id"


@dataclass
class Charges:
    """The accrued charges that rows name, what drafts hold of them, and the tax rates the rows name."""

    rows: dict[int, AccruedCharge] = field(default_factory=dict)
    held: dict[int, Decimal] = field(default_factory=dict)
    taxes: dict[int, Tax] = field(default_factory=dict)


def load_charges(kind: str, rows: Sequence[Mapping[str, Any]], invoice_id: int | None) -> Charges:
    """Read what rows with a charge need; nothing when there is none."""
    keys = {int(row[CHARGE]) for row in rows if row.get(CHARGE)}
    if not keys or kind != Side.SUPPLIER:
        return Charges()
    found = AccruedCharge.objects.filter(charge__in=keys).select_related("charge", "landed_cost", "partner__tax")
    taxes = {int(row["tax_id"]) for row in rows if row.get(CHARGE) and row.get("tax_id")}
    return Charges(
        {row.charge_id: row for row in found}, drafted("landed_charge", keys, invoice_id), Tax.objects.in_bulk(taxes)
    )


def fill_charge(line: InvoiceLine, row: Mapping[str, Any], charges: Charges, before: Sequence[InvoiceLine]) -> None:
    """Fill a line with a charge: the part that is invoiced (1: all) at the price typed, else as estimated.

    Raises:
        ChargeNotInvoiceable: there is no such accrual, or less of it is open.
    """
    key = int(row[CHARGE])
    accrued = charges.rows.get(key)
    if accrued is None:
        raise ChargeNotInvoiceable(charge=str(key), open=ZERO)
    part = Decimal(row.get("quantity") or 1)
    in_draft = sum((one.billed_quantity for one in before if one.landed_charge_id == key), ZERO)
    left = 1 - accrued.invoiced_quantity - charges.held.get(key, ZERO) - in_draft
    if not 0 < part <= left or not accrued.accrued_amount:
        raise ChargeNotInvoiceable(charge=named(accrued), open=max(left, ZERO))
    price = row.get("price")
    tax = charges.taxes.get(int(row["tax_id"])) if row.get("tax_id") else None
    line.landed_charge = accrued.charge
    line.description = named(accrued)
    line.quantity = line.billed_quantity = part
    line.price = accrued.amount if price is None else Decimal(price)
    line.tax = tax
    line.tax_rate = tax.rate if tax else ZERO


def named(accrued: AccruedCharge) -> str:
    """Return how an invoice line calls a charge."""
    charge = accrued.charge
    words = [charge.get_kind_display(), charge.description, str(accrued.landed_cost)]
    return " · ".join(str(word) for word in words if word)[:300]


def require_own_charges(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """Refuse charges that were accrued for another carrier.

    Raises:
        ChargeNotInvoiceable: names the charge.
    """
    keys = {line.landed_charge_id for line in lines if line.landed_charge_id}
    if not keys:
        return
    rows = AccruedCharge.objects.filter(charge__in=keys, partner__isnull=False).exclude(partner=invoice.partner_id)
    other = rows.select_related("charge", "landed_cost").first()
    if other is not None:
        raise ChargeNotInvoiceable(charge=named(other), open=ZERO)


def refuse_invoiced_charges(lines: Sequence[InvoiceLine]) -> None:
    """Refuse to post more of a charge than is open: another draft was posted first, or the estimate was taken back.

    Raises:
        ChargeNotInvoiceable: names the charge.
    """
    wanted: dict[int, Decimal] = {}
    for line in lines:
        if line.landed_charge_id:
            wanted[line.landed_charge_id] = wanted.get(line.landed_charge_id, ZERO) + line.billed_quantity
    rows = AccruedCharge.objects.filter(charge__in=wanted).select_related("charge", "landed_cost") if wanted else ()
    for row in rows:
        if wanted[row.charge_id] > row.part_left or (wanted[row.charge_id] > 0 and not row.accrued_amount):
            raise ChargeNotInvoiceable(charge=named(row), open=row.part_left)
