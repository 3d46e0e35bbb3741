"""Draft invoices from ticked deliveries or receipts, one per partner and way of pricing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.fields import ZERO
from core.operations import operation
from finance.errors import ChargeNotInvoiceable, NotInvoiceable
from finance.models import AccruedCharge, Invoice
from finance.selectors.early import purchase_lines_to_invoice_early, sales_lines_to_invoice_early
from finance.selectors.invoiceable import (
    charges_to_invoice,
    deliveries_to_invoice,
    order_fees_to_invoice,
    receipts_to_invoice,
    services_to_invoice,
)
from finance.services.invoices.charges import CHARGE, named
from finance.services.invoices.drafts import create_invoice
from finance.services.invoices.lines import OF_DELIVERY
from finance.states import Side

Quantities = Mapping[str, Decimal | None]


@operation(permission="finance.add_invoice")
def invoice_deliveries(
    *,
    deliveries: Quantities,
    fees: Quantities | None = None,
    merge: bool = True,
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> list[int]:
    """Draft customer invoices for shipment lines and order fees: {key: quantity in stock unit, None for all left}.

    ``merge`` puts all orders of a customer that are priced alike on one invoice; else each order gets its own.
    Returns the keys of the drafts.

    Raises:
        NotInvoiceable: a key has nothing left to invoice, or less than asked for.
        PartnerIncomplete: a customer lacks something an invoice needs.
    """
    rows: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in _found(deliveries_to_invoice(), "shipment_line", deliveries, *OF_DELIVERY):
        _collect(rows, row, "shipment_line_id", row.shipment_line_id, row.sales_order_line.order, deliveries, merge)
    for line in _found(order_fees_to_invoice(), "pk", fees or {}, "order"):
        _collect(rows, line, "sales_order_line_id", line.pk, line.order, fees or {}, merge)
    return _create(Side.CUSTOMER, rows, {"document_date": document_date}, actor, at)


@operation(permission="finance.add_invoice")
def invoice_receipts(
    *,
    receipts: Quantities,
    services: Quantities | None = None,
    supplier_reference: str = "",
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> list[int]:
    """Draft supplier invoices for receipt lines and received services, as `invoice_deliveries` does for customers.

    ``supplier_reference`` is kept when it is one invoice.

    Raises:
        NotInvoiceable: a key has nothing left to invoice, or less than asked for.
    """
    rows: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in _found(receipts_to_invoice(), "receipt_line", receipts, "purchase_order_line__order"):
        _collect(rows, row, "receipt_line_id", row.receipt_line_id, row.purchase_order_line.order, receipts, True)
    for line in _found(services_to_invoice(), "pk", services or {}, "order"):
        _collect(rows, line, "purchase_order_line_id", line.pk, line.order, services or {}, True)
    reference = supplier_reference if len(rows) == 1 else ""
    header = {"document_date": document_date, "supplier_reference": reference}
    return _create(Side.SUPPLIER, rows, header, actor, at)


@operation(permission="finance.add_invoice")
def invoice_early(
    *,
    kind: str,
    order_lines: Quantities,
    merge: bool = True,
    supplier_reference: str = "",
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> list[int]:
    """Draft invoices ahead of the goods: {order line key: quantity in stock unit, None for all left}.

    A customer's (预开票) is cleared by its deliveries, a supplier's (票到货未到) by its receipts.

    Raises:
        NotInvoiceable: a key has nothing left to invoice, or less than asked for.
        PartnerIncomplete: a customer lacks something an invoice needs.
    """
    is_customer = kind == Side.CUSTOMER
    found = sales_lines_to_invoice_early() if is_customer else purchase_lines_to_invoice_early()
    name = "sales_order_line_id" if is_customer else "purchase_order_line_id"
    rows: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for line in _found(found, "pk", order_lines, "order"):
        _collect(rows, line, name, line.pk, line.order, order_lines, merge)
    header: dict[str, Any] = {"document_date": document_date}
    if not is_customer and len(rows) == 1:
        header["supplier_reference"] = supplier_reference
    return _create(kind, rows, header, actor, at)


@operation(permission="finance.add_invoice")
def invoice_charges(
    *,
    charge_ids: Sequence[int],
    partner_id: int | None = None,
    supplier_reference: str = "",
    document_date: dt.date | None = None,
    actor: Any,
    at: dt.datetime,
) -> list[int]:
    """Draft carriers' invoices for what is open of charges (``charge_ids``), one per carrier and currency.

    partner_id  who invoices charges that were accrued for nobody in particular. The amounts stand as estimated; the
    draft takes what the invoice says. Returns the keys of the drafts.

    Raises:
        ChargeNotInvoiceable: a charge has nothing left to invoice, or no carrier.
    """
    wanted = {int(key) for key in charge_ids}
    found = charges_to_invoice().filter(charge__in=wanted).select_related("charge", "landed_cost", "partner__tax")
    rows = list(found.order_by("landed_cost", "charge"))
    missing = wanted - {row.charge_id for row in rows}
    if missing or not rows:
        raise ChargeNotInvoiceable(charge=str(min(missing, default="")), open=ZERO)
    groups: dict[tuple[int, int], list[AccruedCharge]] = {}
    for row in rows:
        carrier_id = row.partner_id or partner_id
        if carrier_id is None:
            raise ChargeNotInvoiceable(charge=named(row), open=row.part_left)
        groups.setdefault((carrier_id, row.currency_id), []).append(row)
    made = []
    for (carrier_id, currency_id), charges in groups.items():
        invoice = create_invoice(
            kind=Side.SUPPLIER,
            partner_id=carrier_id,
            currency_id=currency_id,
            document_date=document_date,
            supplier_reference=supplier_reference if len(groups) == 1 else "",
            lines=[
                {
                    CHARGE: row.charge_id,
                    "quantity": row.to_invoice,  # type: ignore[attr-defined]
                    "tax_id": row.partner.tax_id if row.partner else None,
                }
                for row in charges
            ],
            actor=actor,
            at=at,
        )
        made.append(invoice.pk)
    return made


def _found(rows: Any, column: str, quantities: Quantities, *related: str) -> list[Any]:
    wanted = {int(key) for key in quantities}
    found = list(rows.filter(**{f"{column}__in": wanted}).select_related(*related).order_by("pk")) if wanted else []
    if len(found) != len(wanted):
        known = {row.pk if column == "pk" else getattr(row, f"{column}_id") for row in found}
        raise NotInvoiceable(line=str(min(wanted - known)), open=ZERO, quantity="")
    return found


def _collect(  # noqa: PLR0917
    rows: dict[tuple[Any, ...], list[dict[str, Any]]],
    row: Any,
    name: str,
    key: int,
    order: Any,
    quantities: Quantities,
    merge: bool,
) -> None:
    quantity = quantities.get(str(key), quantities.get(key))  # type: ignore[call-overload]
    group = (
        order.partner_id,
        order.currency_id,
        order.tax_included,
        order.rounding_level,
        order.payment_term_id,
        None if merge else order.pk,
    )
    wanted = row.to_invoice if quantity is None else quantity
    rows.setdefault(group, []).append({name: key, "quantity": wanted, "source": row})


def _create(
    kind: str, rows: dict[tuple[Any, ...], list[dict[str, Any]]], header: dict[str, Any], actor: Any, at: dt.datetime
) -> list[int]:
    made: list[Invoice] = [
        create_invoice(kind=kind, partner_id=group[0], lines=lines, **header, actor=actor, at=at)
        for group, lines in rows.items()
    ]
    return [invoice.pk for invoice in made]
