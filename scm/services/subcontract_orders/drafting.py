"""Writing a subcontract order: what is made, by whom, for which fee, out of which material."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import next_number
from core.errors import InvalidInput
from core.operations import operation
from erp.models import Bom
from erp.selectors.boms import line_requirement, released_boms, valid_on, yield_scrap
from masterdata.models import Item
from masterdata.selectors.taxes import tax_for
from masterdata.selectors.units import in_stock_unit
from masterdata.services.entry import check_quantity, require_open
from scm.errors import FeeMissing, NoMaterial, NotDraft
from scm.models import PurchaseOrder, PurchaseOrderLine, SubcontractMaterial, SubcontractOrder
from scm.selectors.prices import PriceQuestion, purchase_prices
from scm.services.purchase_orders.building import new_order, set_header, total
from scm.services.subcontract_orders.expecting import expect_materials
from scm.services.subcontracting.locking import lock_subcontract
from scm.states import MaterialSource, SubcontractState

NOTHING = Decimal(0)
ALL_OFF = Decimal(100)


@operation(permission="scm.add_subcontractorder")
def create_subcontract_order(
    *,
    partner_id: int,
    item_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    due_date: dt.date,
    fee: Decimal | None = None,
    warehouse_id: int | None = None,
    currency_id: int | None = None,
    bom_id: int | None = None,
    allowance_percent: Decimal = NOTHING,
    materials: Sequence[Mapping[str, Any]] | None = None,
    plan_reference: str = "",
    sales_order_line_id: int | None = None,
    project_id: int | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> SubcontractOrder:
    """Write a draft with the order of its fee.

    quantity   in ``uom_id`` (None: the item's stock unit).   fee  for one stock unit, without tax, in the order's
    currency (None: the resolved purchase price; 0 for rework).
    materials  item_id, required_quantity for the whole order (stock unit), source (sent or supplier); None: what the
    bill of material valid on the day asks for.
    plan_reference  the planned order it was firmed from: it is expected as supply at once.
    sales_order_line_id, project_id  whose it is alone; the project stands on the order of the fee.

    Raises:
        NotSupplier, ClosedForEntry, MergedAway: the partner cannot be ordered from.
        UnknownWarehouse, NoExchangeRate: something that follows from the company's set-up is missing.
        FeeMissing: no fee is typed and no price is known.
        NoMaterial: no bill of material is valid and no material is typed.
        InvalidInput, UnitNotConvertible: an impossible quantity or unit, or something unknown.
    """
    values = {
        "partner_id": partner_id,
        "warehouse_id": warehouse_id,
        "currency_id": currency_id,
        "tax_included": False,
        "project_id": project_id,
        "note": note,
    }
    purchase = new_order(values, owner=actor, at=at)
    purchase.is_subcontract = True
    order = SubcontractOrder(
        number=next_number(SubcontractOrder, at),
        owner=actor,
        document_date=business_date(at),
        created_at=at,
        is_planned=bool(plan_reference),
        plan_reference=plan_reference[:80],
        sales_order_line_id=sales_order_line_id,
    )
    _set(order, purchase, item_id, quantity=(quantity, uom_id), due_date=due_date, fee=fee, bom_id=bom_id)
    order.allowance_percent, order.note = _percentage(allowance_percent), note
    _save(order, purchase, _materials(order, materials))
    expect_materials(order, actor=actor, at=at)
    return order


@operation(permission="scm.change_subcontractorder", document=(SubcontractOrder, "order_id"))
def update_subcontract_order(
    *,
    order_id: int,
    partner_id: int,
    item_id: int,
    quantity: Decimal,
    uom_id: int | None = None,
    due_date: dt.date,
    fee: Decimal | None = None,
    warehouse_id: int | None = None,
    currency_id: int | None = None,
    bom_id: int | None = None,
    allowance_percent: Decimal = NOTHING,
    materials: Sequence[Mapping[str, Any]] | None = None,
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> SubcontractOrder:
    """Replace what a draft says; arguments as for create_subcontract_order.

    Raises:
        StaleVersion: somebody changed the order since the user saw it.
        NotDraft: it is released, closed or cancelled.
        as create_subcontract_order.
    """
    purchase, order = lock_subcontract(order_id, version=version)
    if order.state != SubcontractState.DRAFT:
        raise NotDraft(document=order, state=order.get_state_display())
    header = {
        "partner_id": partner_id,
        "warehouse_id": warehouse_id,
        "currency_id": currency_id,
        "tax_included": False,
        "project_id": purchase.project_id,
        "note": note,
    }
    set_header(purchase, header, business_date(at))
    _set(order, purchase, item_id, quantity=(quantity, uom_id), due_date=due_date, fee=fee, bom_id=bom_id)
    order.allowance_percent = _percentage(allowance_percent)
    order.note = note
    rows = _materials(order, materials)
    order.version += 1
    purchase.version += 1
    purchase.lines.all().delete()
    order.materials.all().delete()
    _save(order, purchase, rows)
    expect_materials(order, actor=actor, at=at)
    return order


def _set(
    order: SubcontractOrder,
    purchase: PurchaseOrder,
    item_id: int,
    *,
    quantity: tuple[Decimal, int | None],
    due_date: dt.date,
    fee: Decimal | None,
    bom_id: int | None,
) -> None:
    item = Item.objects.select_related("uom", "tax").filter(pk=item_id).first()
    if item is None:
        raise InvalidInput(message=_("There is no such item."), field="item_id")
    require_open(item)
    typed = in_stock_unit(item, quantity[1], quantity[0])
    if typed.quantity <= 0:
        raise InvalidInput(message=_("The quantity must be above zero."), field="quantity")
    check_quantity(item.uom, typed.quantity)
    order.item, order.quantity, order.due_date = item, typed.quantity, due_date
    order.uom_id, order.unit_factor = typed.uom_id, typed.factor
    order.partner, order.warehouse, order.currency = purchase.partner, purchase.warehouse, purchase.currency
    order.bom = _bom(item, bom_id, order.document_date)
    order.fee = _fee(order, purchase) if fee is None else fee
    if order.fee < 0:
        raise InvalidInput(message=_("A price is not negative."), field="fee")


def _bom(item: Item, bom_id: int | None, date: dt.date) -> Bom | None:
    if bom_id is None:
        return released_boms([item.pk], date).get(item.pk)
    found = Bom.objects.filter(pk=bom_id, item=item).first()
    if found is None:
        raise InvalidInput(message=_("The bill of material is for another item."), field="bom_id")
    return found


def _fee(order: SubcontractOrder, purchase: PurchaseOrder) -> Decimal:
    tax = tax_for(order.item, order.partner)
    question = PriceQuestion(order.item, order.item.uom, order.quantity, tax.rate if tax else NOTHING)
    [answer] = purchase_prices(
        partner_id=order.partner_id,
        currency=purchase.currency,
        date=purchase.document_date,
        tax_included=False,
        questions=[question],
    )
    if answer is None:
        raise FeeMissing(item=order.item, partner=order.partner)
    return answer.price


def _percentage(value: Decimal) -> Decimal:
    if not 0 <= value <= 100:
        raise InvalidInput(message=_("Enter a percentage from 0 to 100."), field="allowance_percent")
    return value


def _materials(order: SubcontractOrder, typed: Sequence[Mapping[str, Any]] | None) -> list[SubcontractMaterial]:
    rows = _from_bom(order) if typed is None else _from_input(order, typed)
    if not rows:
        raise NoMaterial(item=order.item)
    return rows


def _from_bom(order: SubcontractOrder) -> list[SubcontractMaterial]:
    if order.bom is None:
        return []
    lines = order.bom.lines.filter(valid_on(order.document_date)).select_related("component", "component__uom")
    by_yield = yield_scrap()
    return [
        SubcontractMaterial(
            order=order,
            line_no=line.line_no,
            item=line.component,
            required_quantity=line_requirement(line, order.bom, order.quantity, by_yield=by_yield),
        )
        for line in lines
    ]


def _from_input(order: SubcontractOrder, typed: Sequence[Mapping[str, Any]]) -> list[SubcontractMaterial]:
    items = Item.objects.select_related("uom").in_bulk({int(row["item_id"]) for row in typed})
    rows = []
    for number, row in enumerate(typed, start=1):
        item, quantity = items.get(int(row["item_id"])), Decimal(row["required_quantity"])
        source = row.get("source") or MaterialSource.SENT
        if item is None or source not in MaterialSource.values:
            raise InvalidInput(message=_("Material %(line)s is unknown.") % {"line": number}, field="materials")
        if quantity <= 0:
            raise InvalidInput(message=_("The quantity must be above zero."), field="materials")
        check_quantity(item.uom, quantity)
        rows.append(
            SubcontractMaterial(order=order, line_no=number * 10, item=item, required_quantity=quantity, source=source)
        )
    return rows


def _save(order: SubcontractOrder, purchase: PurchaseOrder, rows: Sequence[SubcontractMaterial]) -> None:
    """Store the order with the order of its fee: one line, by stock unit; without a fee all of it is taken off."""
    tax = tax_for(order.item, order.partner)
    line = PurchaseOrderLine(
        order=purchase,
        line_no=1,
        item=order.item,
        description="",
        quantity=order.quantity,
        uom=order.item.uom,
        stock_quantity=order.quantity,
        price=order.fee,
        discount_percent=NOTHING if order.fee else ALL_OFF,
        tax=tax,
        tax_rate=tax.rate if tax else NOTHING,
        due_date=order.due_date,
    )
    total(purchase, [line])
    purchase.save()
    line.save()
    order.purchase_order = purchase
    order.save()
    SubcontractMaterial.objects.bulk_create(rows)
