"""From requisition lines to draft orders, one for each supplier and warehouse."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from core.locks import lock_many
from core.operations import operation
from erp.selectors.project_stock import project_for
from masterdata.models import Item
from scm.errors import EmptyDocument, NotToOrder, UnknownSupplier
from scm.models import PurchaseOrder, Requisition, RequisitionLine
from scm.selectors.supplier_items import preferred_suppliers
from scm.services.purchase_orders.building import build_lines, new_order
from scm.services.purchase_orders.drafting import save_new
from scm.services.purchase_orders.supply import report_order_supply
from scm.services.requisitions.progress import recompute_requisition_lines
from scm.states import RequisitionState


@operation(permission="scm.add_purchaseorder")
def create_purchase_orders_from_requisitions(
    *,
    selections: Sequence[Mapping[str, Any]],
    warehouse_id: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> list[int]:
    """Write draft orders for what is still open of requisition lines; return their keys, one per supplier and place.

    What belongs to a project (of items made to order) is ordered apart: its order names the project.

    selections    line_id of a requisition line and, where chosen, partner_id; without one the supplier wished on the
                  line, else the item's preferred supplier.
    warehouse_id  for lines that name none (default: the company's first warehouse).

    Prices are the resolved purchase prices; a line without any gets 0 and must be filled in before approval.

    Raises:
        NotToOrder: a line is ordered, closed or not approved (also: the second of two clicks).
        UnknownSupplier: nobody said where to buy something.
        NotSupplier, ClosedForEntry, MergedAway: the chosen partner cannot be ordered from.
    """
    lines = _locked_lines(selections)
    chosen = {int(one["line_id"]): one.get("partner_id") for one in selections}
    groups: dict[tuple[int, int, int], list[RequisitionLine]] = defaultdict(list)
    for line, partner_id in _with_suppliers(lines, chosen):
        groups[partner_id, line.warehouse_id or warehouse_id or 0, _project(line) or 0].append(line)
    orders = []
    for (partner_id, place, project), members in sorted(groups.items(), key=lambda group: group[0]):
        header = {
            "partner_id": partner_id,
            "warehouse_id": place or None,
            "department_id": _common(members, "department_id"),
            "project_id": project or _common(members, "project_id"),
        }
        order = new_order(header, owner=actor, at=at)
        save_new(order, build_lines(order, [_order_line(line) for line in members]))
        orders.append(order)
    recompute_requisition_lines([line.pk for line in lines], actor=actor, at=at)
    for order in orders:
        report_order_supply(order, actor=actor, at=at)
    return [order.pk for order in orders]


def _locked_lines(selections: Sequence[Mapping[str, Any]]) -> list[RequisitionLine]:
    pks = {int(one["line_id"]) for one in selections}
    if not pks:
        raise EmptyDocument(document=PurchaseOrder._meta.verbose_name)
    headers = RequisitionLine.objects.filter(pk__in=pks).values_list("requisition_id", flat=True)
    lock_many(Requisition, set(headers))
    lines = list(
        RequisitionLine.objects.filter(pk__in=pks)
        .select_related("requisition", "item", "uom", "sales_order_line__order")
        .order_by("needed_date", "pk")
    )
    found = {line.pk for line in lines}
    for pk in pks - found:
        raise NotToOrder(line=pk)
    for line in lines:
        if line.requisition.state != RequisitionState.APPROVED or line.open_quantity <= 0:
            raise NotToOrder(line=line)
    return lines


def _with_suppliers(
    lines: Sequence[RequisitionLine], chosen: Mapping[int, int | None]
) -> list[tuple[RequisitionLine, int]]:
    unsaid = [line.item_id for line in lines if not (chosen[line.pk] or line.supplier_id) and line.item_id]
    preferred = preferred_suppliers(unsaid)
    found = []
    for line in lines:
        partner_id = chosen[line.pk] or line.supplier_id or preferred.get(line.item_id or 0)
        if partner_id is None:
            raise UnknownSupplier(what=line.what)
        found.append((line, int(partner_id)))
    return found


def _project(line: RequisitionLine) -> int | None:
    if line.item is None:
        return None
    return project_for(line.item, line.sales_order_line, line.requisition.project_id)


def _common(lines: Sequence[RequisitionLine], name: str) -> int | None:
    found = {getattr(line.requisition, name) for line in lines}
    return found.pop() if len(found) == 1 else None


def _order_line(line: RequisitionLine) -> dict[str, Any]:
    """The open part: in the unit asked for when nothing is ordered yet, else in the stock unit."""
    whole = line.open_quantity == line.stock_quantity
    item: Item | None = line.item
    return {
        "requisition_line_id": line.pk,
        "item_id": line.item_id,
        "description": line.description,
        "quantity": line.quantity if whole else line.open_quantity,
        "uom_id": line.uom_id if whole or item is None else item.uom_id,
        "due_date": line.needed_date,
    }
