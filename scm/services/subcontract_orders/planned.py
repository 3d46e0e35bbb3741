"""Planned orders to subcontract become draft orders to the supplier of the item."""

import datetime as dt
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.operations import operation
from erp.selectors.boms import released_boms
from masterdata.models import Item, Partner
from scm.models import SubcontractOrder
from scm.selectors.prices import PriceQuestion, purchase_prices
from scm.selectors.supplier_items import preferred_suppliers
from scm.services.subcontract_orders.drafting import create_subcontract_order


@operation(permission=None)
def record_planned_subcontract(
    *,
    item_id: int,
    quantity: Decimal,
    due_date: dt.date,
    reference: str,
    sales_order_line_id: int | None = None,
    project_id: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> SubcontractOrder | None:
    """Write a draft for a firmed planned order, for the fee the supplier is known to ask (0: to be entered).

    None where no single supplier is known or the item has no bill of material: a buyer has to decide.
    """
    partner_id = preferred_suppliers([item_id]).get(item_id)
    if partner_id is None or not released_boms([item_id], business_date(at)):
        return None
    return create_subcontract_order(
        partner_id=partner_id,
        item_id=item_id,
        quantity=quantity,
        due_date=due_date,
        fee=_known_fee(partner_id, item_id, quantity, business_date(at)),
        plan_reference=reference,
        sales_order_line_id=sales_order_line_id,
        project_id=project_id,
        actor=actor,
        at=at,
    )


def _known_fee(partner_id: int, item_id: int, quantity: Decimal, date: dt.date) -> Decimal:
    item = Item.objects.select_related("uom").get(pk=item_id)
    partner = Partner.objects.select_related("currency").get(pk=partner_id)
    [answer] = purchase_prices(
        partner_id=partner_id,
        currency=partner.currency,
        date=date,
        tax_included=False,
        questions=[PriceQuestion(item, item.uom, quantity, Decimal(0))],
    )
    return answer.price if answer else Decimal(0)
