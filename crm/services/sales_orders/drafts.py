"""Writing a sales order before it is binding."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from core.documents import lock, next_number
from core.operations import operation
from crm.models import SalesOrder, SalesOrderLine
from crm.services.guards import require_customer, require_draft
from crm.services.headers import HeaderInput, change_header, new_header
from crm.services.lines import replace_lines, save_with_lines
from masterdata.models import Partner


@operation(permission="crm.add_salesorder", document=("masterdata.Partner", "partner_id"))
def create_sales_order(
    *,
    partner_id: int,
    lines: Sequence[Mapping[str, Any]],
    actor: Any,
    at: dt.datetime,
    **header: Unpack[HeaderInput],
) -> SalesOrder:
    """Write a draft order; ``lines`` are mappings of LineInput's fields, a line without price gets the lists' price.

    Raises:
        MergedAway, ClosedForEntry, NotACustomer: the partner.
        ForeignAddress, NoWarehouse, NoExchangeRate: the header, see `new_header`.
        EmptyDocument, PriceMissing, QuantityTooFine, ItemNotSold, UnitNotConvertible, InvalidInput: the lines.
    """
    partner = Partner.objects.select_related("sales_price_list", "tax").get(pk=partner_id)
    require_customer(partner)
    order = new_header(SalesOrder, partner, header, actor=actor, at=at)
    order.number = next_number(SalesOrder, at)
    save_with_lines(order, SalesOrderLine, "order", lines)
    return order


@operation(permission="crm.change_salesorder", document=(SalesOrder, "order_id"))
def update_sales_order(
    *,
    order_id: int,
    lines: Sequence[Mapping[str, Any]],
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **header: Unpack[HeaderInput],
) -> SalesOrder:
    """Change a draft: the given header fields, and its lines to exactly ``lines`` (with ``id`` those that stay).

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotEditable: it is no longer a draft; a binding order is changed by `change_sales_order`.
        ForeignLine: a line id is not of this order. Otherwise as `create_sales_order`.
    """
    order = lock(SalesOrder, order_id, version=version)
    require_draft(order)
    change_header(order, header)
    replace_lines(order, SalesOrderLine, "order", lines)
    order.version += 1
    order.save()
    return order
