"""Purchase prices as an order wants them, and what was paid before."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from masterdata.engines.pricing import convert_price
from masterdata.models import Currency, Item, UnitOfMeasure
from masterdata.selectors.price_reasons import reason_text
from masterdata.selectors.prices import PriceRequest, resolve_prices
from scm.models import PurchaseOrderLine
from scm.states import PurchaseOrderState


@dataclass(frozen=True)
class PriceQuestion:
    """An item, the unit it is ordered in (None: stock unit), how much of it, and the tax in % of the line."""

    item: Item
    uom: UnitOfMeasure | None
    quantity: Decimal
    tax_rate: Decimal


@dataclass(frozen=True)
class PurchasePrice:
    """A price per asked unit in the asked currency, with or without tax as asked, and where it comes from."""

    price: Decimal
    reason: str


def purchase_prices(
    *,
    partner_id: int,
    currency: Currency,
    date: dt.date,
    tax_included: bool,
    questions: Sequence[PriceQuestion],
) -> list[PurchasePrice | None]:
    """Return the supplier's price for each question, in their order, None where nothing names one."""
    requests = [
        PriceRequest(
            item_id=one.item.pk,
            partner_id=partner_id,
            quantity=one.quantity,
            uom_id=one.uom.pk if one.uom else None,
            date=date,
            currency_id=currency.pk,
            kind="purchase",
        )
        for one in questions
    ]
    answers: list[PurchasePrice | None] = []
    for question, found in zip(questions, resolve_prices(requests), strict=True):
        if found is None:
            answers.append(None)
            continue
        price = convert_price(
            found.price, question.tax_rate, from_included=found.tax_included, to_included=tax_included
        )
        answers.append(PurchasePrice(price, reason_text(found.reason)))
    return answers


def last_purchases(item_ids: Iterable[int], partner_id: int | None = None) -> dict[int, PurchaseOrderLine]:
    """Return the newest binding order line of each item (of one supplier), with its order, partner, currency, unit."""
    lines = (
        PurchaseOrderLine.objects.filter(
            item_id__in=set(item_ids), order__state__in=[PurchaseOrderState.APPROVED, PurchaseOrderState.CLOSED]
        )
        .select_related("order__partner", "order__currency", "uom")
        .order_by("item_id", "-order__document_date", "-pk")
        .distinct("item_id")
    )
    if partner_id is not None:
        lines = lines.filter(order__partner_id=partner_id)
    return {line.item_id: line for line in lines}
