"""Reading typed lines: what they name exists, their quantities are possible."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.money import round_quantity
from masterdata.models import Item, Partner, Tax, UnitOfMeasure, Warehouse
from masterdata.selectors.units import to_stock_quantity


@dataclass(frozen=True)
class Thing:
    """What one line is about: an item or a described thing, how much in which unit and in the stock unit."""

    item: Item | None
    description: str
    quantity: Decimal
    uom: UnitOfMeasure | None
    stock_quantity: Decimal


class References:
    """The records that typed lines name by key, read at once."""

    def __init__(self, lines: Sequence[Mapping[str, Any]]) -> None:
        self.items = _read(Item.objects.select_related("uom", "tax"), lines, "item_id")
        self.uoms = _read(UnitOfMeasure.objects.all(), lines, "uom_id")
        self.taxes = _read(Tax.objects.all(), lines, "tax_id")
        self.partners = _read(Partner.objects.all(), lines, "supplier_id")
        self.warehouses = _read(Warehouse.objects.all(), lines, "warehouse_id")

    def thing(self, line: Mapping[str, Any], index: int) -> Thing:
        """Return what line ``index`` is about.

        Raises:
            InvalidInput: the item or unit is unknown or closed, nothing is named, or the quantity is not possible.
        """
        item = self.named(self.items, line, "item_id", index)
        if item is not None and not item.is_purchased:
            raise invalid(index, "item_id", _("%(item)s is not bought.") % {"item": item})
        description = str(line.get("description") or "").strip()
        if item is None and not description:
            raise invalid(index, "item_id", _("Choose an item or describe what is needed."))
        uom = self.named(self.uoms, line, "uom_id", index) or (item.uom if item else None)
        quantity = positive(line.get("quantity"), uom, index)
        stock = to_stock_quantity(item, uom, quantity) if item and uom else quantity
        if stock <= 0:
            raise invalid(index, "quantity", _("This is less than the smallest quantity of the item's stock unit."))
        return Thing(item, description, quantity, uom, stock)

    def named(self, found: Mapping[int, Any], line: Mapping[str, Any], name: str, index: int) -> Any:
        """Return the record that ``line[name]`` names, or None when it names none.

        Raises:
            InvalidInput: there is no such record, or it is closed for entry.
        """
        key = line.get(name)
        if key in (None, ""):
            return None
        record = found.get(int(key))
        if record is None or not record.is_active or getattr(record, "merged_into_id", None):
            raise invalid(index, name, _("Unknown, or closed for new documents."))
        return record


def _read(queryset: models.QuerySet[Any], lines: Iterable[Mapping[str, Any]], name: str) -> dict[int, Any]:
    keys = {int(line[name]) for line in lines if line.get(name) not in (None, "")}
    return queryset.in_bulk(keys) if keys else {}


def invalid(index: int, field: str, message: str) -> InvalidInput:
    """Return the refusal of one cell of the lines (``index`` from 0)."""
    return InvalidInput(message=_("Line %(line)s: %(message)s") % {"line": index + 1, "message": message},
                        field=f"lines.{index}.{field}")  # fmt: skip


def number(value: Any, index: int, field: str) -> Decimal:
    """Return a typed number as a Decimal.

    Raises:
        InvalidInput: it is not a finite number.
    """
    try:
        read = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation as error:
        raise invalid(index, field, _("Enter a number.")) from error
    if not read.is_finite():
        raise invalid(index, field, _("Enter a number."))
    return read


def positive(value: Any, uom: UnitOfMeasure | None, index: int, field: str = "quantity") -> Decimal:
    """Return a typed quantity above zero with no more decimals than its unit has.

    Raises:
        InvalidInput: it is not.
    """
    quantity = number(value, index, field)
    if quantity <= 0:
        raise invalid(index, field, _("The quantity must be above zero."))
    decimals = uom.decimals if uom else 6
    if quantity != round_quantity(quantity, decimals):
        raise invalid(index, field, _("At most %(decimals)s decimals in this unit.") % {"decimals": decimals})
    if quantity >= Decimal(10) ** 12:
        raise invalid(index, field, _("This is too much."))
    return quantity
