"""Deductions from what a supplier is owed (扣款): material he has to answer for, as our debit note."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import history
from core.clock import business_date
from core.documents import next_number
from core.errors import InvalidInput
from core.fields import ZERO
from core.formats import plain
from core.operations import operation
from finance.models import Invoice, InvoiceLine
from finance.selectors.accounts import AccountBook, account_book
from finance.services.invoices.posting import post_invoice
from finance.states import AccountRole, Side
from masterdata.models import Tax
from masterdata.selectors.currencies import base_currency
from masterdata.services.pricing import fill_amounts
from scm.models import SubcontractChargeBack
from scm.services.subcontract_orders import settle_charges


@operation(permission="finance.post_invoice")
def deduct_charges(
    *,
    charge_ids: Collection[int],
    document_date: dt.date | None = None,
    tax_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> Invoice:
    """Post one debit note for charges of one supplier: less is owed to him, the loss is his.

    In base currency at the cost of the material; ``tax_id``: tax on top (none: the charge is an amount with tax). It
    stays open until it is set off against his invoices or paid back, and stands on his statement.

    Raises:
        InvalidInput: no charge is named, or they are of several suppliers.
        ChargeIsSettled: one of them is set off already.
        AccountNotMapped, PeriodClosed, NoFiscalPeriod: it cannot be booked.
    """
    partners = set(SubcontractChargeBack.objects.filter(pk__in=charge_ids).values_list("partner_id", flat=True))
    if len(partners) != 1:
        raise InvalidInput(message=_("Choose charges of one supplier."), field="charge_ids")
    number = next_number(Invoice, at)
    charges = settle_charges(charge_ids=charge_ids, settled_by=number, actor=actor, at=at)
    partner = charges[0].partner
    credit = Invoice(
        number=number,
        kind=Side.SUPPLIER,
        is_credit=True,
        partner=partner,
        currency=base_currency(),
        exchange_rate=Decimal(1),
        payment_term_id=partner.payment_term_id,
        document_date=document_date or business_date(at),
        supplier_reference=number,
        source="charge_back",
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    tax = Tax.objects.get(pk=tax_id) if tax_id else None
    book = account_book({one.item_id for one in charges})
    lines = [_line(number_, charge, tax, book) for number_, charge in enumerate(charges, 1)]
    fill_amounts(credit, lines)
    credit.save()
    for line in lines:
        line.invoice = credit
    history.bulk_create(lines, InvoiceLine)
    return post_invoice(invoice_id=credit.pk, actor=actor, at=at)


def _line(line_no: int, charge: SubcontractChargeBack, tax: Tax | None, book: AccountBook) -> InvoiceLine:
    what = _("%(order)s: %(reason)s, %(quantity)s %(unit)s %(item)s") % {
        "order": charge.order.number,
        "reason": charge.get_reason_display(),
        "quantity": plain(charge.quantity),
        "unit": charge.item.uom,
        "item": charge.item.code,
    }
    return InvoiceLine(
        line_no=line_no,
        account_id=book.account(AccountRole.SCRAP_LOSS, charge.item_id),
        description=what[:300],
        quantity=Decimal(-1),
        billed_quantity=Decimal(-1),
        price=charge.amount,
        discount_percent=ZERO,
        tax=tax,
        tax_rate=tax.rate if tax else ZERO,
    )
