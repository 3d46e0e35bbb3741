"""What people type of an order's material: which line, how much, from where; checked and in stock units."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.documents import lock
from core.errors import InvalidInput
from core.fields import ZERO
from erp.errors import QuantityNotPositive
from erp.models import WorkOrder, WorkOrderMaterial
from erp.services.work_orders.expecting import BOOKABLE, require_bookable
from erp.states import MaterialKind
from masterdata.models import Item
from masterdata.selectors.units import in_stock_units
from masterdata.services.entry import require_open


@dataclass(frozen=True)
class IssueInput:
    """What is issued or brought back of one material line (or, for extra material, of an item).

    uom_id  the unit of ``quantity``; None: the item's stock unit, in which it is booked.   unit_factor  found for it.
    """

    quantity: Decimal
    material_id: int | None = None
    item_id: int | None = None
    location_id: int | None = None
    lot_id: int | None = None
    uom_id: int | None = None
    unit_factor: Decimal | None = None


def understood(
    work_order_id: int,
    lines: Sequence[Mapping[str, Any]],
    *,
    extra: bool = False,
    states: Collection[str] = BOOKABLE,
) -> tuple[WorkOrder, dict[int, WorkOrderMaterial], list[IssueInput]]:
    """Lock the order and return it with its material by key and the typed ``lines`` in stock units.

    ``extra``: a line may name an item that is not on the list; it is added with nothing required.

    Raises:
        NotInProduction: the order is in none of ``states``.
        InvalidInput: there is no line, or one is not of this order.
        QuantityNotPositive, UnitNotConvertible: what is typed is unsound.
    """
    work_order = lock(WorkOrder, work_order_id)
    if work_order.state not in states:
        require_bookable(work_order)
    materials = {line.pk: line for line in work_order.materials.select_related("item", "item__uom")}
    typed = [IssueInput(**{name: value for name, value in line.items() if value is not None}) for line in lines]
    if not typed:
        raise InvalidInput(message=_("Enter the quantity of at least one material."), field="lines")
    for number, one in enumerate(typed, start=1):
        if one.quantity <= 0:
            raise QuantityNotPositive(line=number)
    if extra:
        typed = [_with_material(work_order, materials, one) for one in typed]
    if any(one.material_id not in materials for one in typed):
        raise InvalidInput(message=_("One of the lines is not material of this work order."), field="lines")
    return work_order, materials, _in_stock_units(materials, typed)


def _in_stock_units(materials: Mapping[int, WorkOrderMaterial], typed: Sequence[IssueInput]) -> list[IssueInput]:
    rows = [(materials[one.material_id or 0].item, one.uom_id, one.quantity) for one in typed]
    return [
        replace(one, quantity=booked.quantity, uom_id=booked.uom_id, unit_factor=booked.factor)
        for one, booked in zip(typed, in_stock_units(rows), strict=True)
    ]


def _with_material(work_order: WorkOrder, materials: dict[int, WorkOrderMaterial], one: IssueInput) -> IssueInput:
    """Find the material line of an extra item, or add one with nothing required."""
    if one.material_id is not None:
        return one
    found = next((line for line in materials.values() if line.item_id == one.item_id), None)
    if found is None:
        item = Item.objects.select_related("uom").get(pk=one.item_id)
        require_open(item)
        last = max((line.line_no for line in materials.values()), default=0)
        found = WorkOrderMaterial.objects.create(
            work_order=work_order,
            line_no=last + 10,
            item=item,
            required_quantity=ZERO,
            material_kind=MaterialKind.AUXILIARY,
        )
        materials[found.pk] = found
    return replace(one, material_id=found.pk, item_id=None)
