"""Making the rows of purchase orders from what was typed; nothing is written here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import next_number
from core.errors import InvalidInput
from masterdata.models import Currency, Item, Partner, Warehouse
from masterdata.selectors.calendars import add_working_days
from masterdata.selectors.currencies import rate_on
from masterdata.selectors.places import default_warehouse
from masterdata.selectors.taxes import tax_for
from masterdata.services.entry import require_open
from masterdata.services.pricing import fill_amounts
from scm.errors import NotSupplier, UnknownWarehouse
from scm.models import PurchaseOrder, PurchaseOrderLine, RequisitionLine
from scm.selectors.prices import PriceQuestion, purchase_prices
from scm.selectors.supplier_items import supplier_items
from scm.services.line_input import References, invalid, number

HEADER_FIELDS = ("payment_term_id", "department_id", "project_id", "supplier_reference", "over_receipt_percent", "note")


def supplier(partner_id: int) -> Partner:
    """Return the partner to order from.

    Raises:
        NotSupplier: it is no supplier.
        ClosedForEntry, MergedAway: it is closed or merged into another.
    """
    partner = Partner.objects.select_related("currency", "tax").filter(pk=partner_id).first()
    if partner is None:
        raise InvalidInput(message=_("There is no such supplier."), field="partner_id")
    if not partner.is_supplier:
        raise NotSupplier(partner=partner)
    require_open(partner)
    return partner


def set_header(order: PurchaseOrder, header: Mapping[str, Any], date: dt.date) -> None:
    """Write header values onto an order; what is not given follows from the supplier.

    Raises:
        NotSupplier, ClosedForEntry, MergedAway: the partner cannot be ordered from.
        UnknownWarehouse: none is given and none is there.
        NoExchangeRate: the currency has no rate on ``date``.
        InvalidInput: a key names nothing.
    """
    partner = supplier(header["partner_id"])
    order.partner = partner
    order.currency = _found(Currency, header.get("currency_id"), "currency_id") or partner.currency
    order.exchange_rate = header.get("exchange_rate") or rate_on(order.currency, date)
    order.warehouse = _found(Warehouse, header.get("warehouse_id"), "warehouse_id") or _warehouse()
    order.tax_included = bool(header.get("tax_included") or False)
    for name in HEADER_FIELDS:
        if header.get(name) is not None:
            setattr(order, name, header[name])
    if order.payment_term_id is None:
        order.payment_term_id = partner.payment_term_id
    if not 0 <= Decimal(order.over_receipt_percent) <= 100:
        raise InvalidInput(message=_("Enter a percentage from 0 to 100."), field="over_receipt_percent")


def _found(model: Any, pk: int | None, field: str) -> Any:
    if not pk:
        return None
    found = model.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise InvalidInput(message=_("Unknown, or closed for new documents."), field=field)
    return found


def _warehouse() -> Warehouse:
    warehouse = default_warehouse()
    if warehouse is None:
        raise UnknownWarehouse()
    return warehouse


def new_order(
    header: Mapping[str, Any], *, owner: Any, at: dt.datetime, number: str = "", date: dt.date | None = None
) -> PurchaseOrder:
    """Return an unsaved draft; without ``number`` and ``date`` (taken over) with its own number, of today.

    Raises:
        as set_header.
    """
    order = PurchaseOrder(owner=owner, document_date=date or business_date(at), created_at=at)
    set_header(order, header, order.document_date)
    order.number = number or next_number(PurchaseOrder, at)
    return order


def build_lines(
    order: PurchaseOrder, lines: Sequence[Mapping[str, Any]], *, first_no: int = 1
) -> list[PurchaseOrderLine]:
    """Return unsaved priced lines of ``order``, without the order's totals.

    A line without ``price`` gets the resolved purchase price (0 when there is none), without ``tax_id`` the tax of the
    supplier or item, without ``due_date`` the day the supplier can deliver.

    Raises:
        InvalidInput: a line names something unknown or an impossible quantity, price or discount.
    """
    references = References(lines)
    sources = _requisition_lines(lines)
    built = []
    for index, line in enumerate(lines):
        thing = references.thing(line, index)
        source = sources.get(line.get("requisition_line_id") or 0)
        if line.get("requisition_line_id") and source is None:
            raise invalid(index, "requisition_line_id", _("Unknown, or closed for new documents."))
        tax = (
            references.named(references.taxes, line, "tax_id", index)
            if "tax_id" in line
            else tax_for(thing.item, order.partner)
        )
        built.append(
            PurchaseOrderLine(
                order=order,
                line_no=first_no + index,
                requisition_line=source,
                item=thing.item,
                description=thing.description,
                quantity=thing.quantity,
                uom=thing.uom,
                stock_quantity=thing.stock_quantity,
                price=entered_price(line, index),
                discount_percent=entered_discount(line, index),
                tax=tax,
                tax_rate=tax.rate if tax else Decimal(0),
                due_date=line.get("due_date") or _earliest(order, thing.item),
            )
        )
    _fill_prices(order, built)
    return built


def _requisition_lines(lines: Sequence[Mapping[str, Any]]) -> dict[int, RequisitionLine]:
    keys = {int(line["requisition_line_id"]) for line in lines if line.get("requisition_line_id")}
    return RequisitionLine.objects.in_bulk(keys) if keys else {}


def entered_price(line: Mapping[str, Any], index: int) -> Decimal | None:
    """Return the typed price, None when it is to be resolved.

    Raises:
        InvalidInput: it is negative or no number.
    """
    if line.get("price") in (None, ""):
        return None
    price = number(line["price"], index, "price")
    if price < 0:
        raise invalid(index, "price", _("A price is not negative."))
    return price


def entered_discount(line: Mapping[str, Any], index: int) -> Decimal:
    """Return the typed discount in percent.

    Raises:
        InvalidInput: it is not between 0 and 100.
    """
    discount = number(line.get("discount_percent") or 0, index, "discount_percent")
    if not 0 <= discount <= 100:
        raise invalid(index, "discount_percent", _("Enter a percentage from 0 to 100."))
    return discount


def _earliest(order: PurchaseOrder, item: Item | None) -> dt.date:
    if item is None:
        return order.document_date
    offer = supplier_items(order.partner_id, [item.pk]).get(item.pk)
    days = offer.lead_time_days if offer and offer.lead_time_days else item.lead_time_days
    return add_working_days(order.document_date, days)


def _fill_prices(order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> None:
    """Resolve the prices nobody typed, all at once."""
    unpriced = [line for line in lines if line.price is None]
    asked = [line for line in unpriced if line.item is not None]
    questions = [
        PriceQuestion(line.item, line.uom, line.quantity, line.tax_rate) for line in asked if line.item is not None
    ]
    answers = purchase_prices(
        partner_id=order.partner_id,
        currency=order.currency,
        date=order.document_date,
        tax_included=order.tax_included,
        questions=questions,
    )
    for line in unpriced:
        line.price = Decimal(0)
    for line, answer in zip(asked, answers, strict=True):
        if answer is not None:
            line.price = answer.price


def total(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Set the amounts of the lines and of the order."""
    fill_amounts(order, lines)
