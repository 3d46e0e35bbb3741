"""Conversion of quantities between an item's units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from core.context import once_a_page
from core.money import round_quantity
from masterdata.errors import UnitNotConvertible
from masterdata.models import Item, ItemUnit, UnitOfMeasure

FACTOR_DECIMALS = 10


def factor_of(item: Item, uom: UnitOfMeasure) -> Decimal:
    """Return how many stock units of ``item`` one ``uom`` is.

    Raises:
        UnitNotConvertible: the item has no such unit.
    """
    if uom.pk == item.uom_id:
        return Decimal(1)
    factor = ItemUnit.objects.filter(item_id=item.pk, uom_id=uom.pk).values_list("factor", flat=True).first()
    if factor is None:
        raise UnitNotConvertible(item=item.code, unit=uom)
    return factor


def to_stock_quantity(item: Item, uom: UnitOfMeasure, quantity: Decimal) -> Decimal:
    """Return ``quantity`` of ``uom`` in the item's stock unit, rounded half up to that unit's decimals.

    Raises:
        UnitNotConvertible: the item has no such unit.
    """
    return round_quantity(quantity * factor_of(item, uom), item.uom_decimals)


def from_stock_quantity(item: Item, uom: UnitOfMeasure, stock_quantity: Decimal) -> Decimal:
    """Return a quantity in the item's stock unit as a quantity of ``uom``, rounded to the decimals of ``uom``.

    Raises:
        UnitNotConvertible: the item has no such unit.
    """
    return round_quantity(stock_quantity / factor_of(item, uom), uom.decimals)


def unit_factors(
    item_ids: Sequence[int], stock_units: Iterable[tuple[int, int]] | None = None
) -> dict[tuple[int, int], Decimal]:
    """Return {(item id, unit id): stock units per unit} for all units of the items, the stock unit included.

    ``stock_units``: (item id, unit id) of the items, from who has read them already.
    """
    if stock_units is None:
        stock_units = Item.objects.filter(pk__in=item_ids).values_list("pk", "uom")
    factors = {(pk, uom_id): Decimal(1) for pk, uom_id in stock_units}
    for item_id, uom_id, factor in ItemUnit.objects.filter(item_id__in=item_ids).values_list("item", "uom", "factor"):
        factors.setdefault((item_id, uom_id), factor)
    return factors


def to_stock_quantities(rows: Sequence[tuple[Item, UnitOfMeasure | None, Decimal]]) -> list[Decimal]:
    """Return the quantities of many lines in their items' stock units, in their order; one query.

    A row without a unit is in the stock unit already.

    Raises:
        UnitNotConvertible: an item has no such unit.
    """
    foreign = {item.pk for item, uom, _quantity in rows if uom is not None and uom.pk != item.uom_id}
    factors = unit_factors(sorted(foreign)) if foreign else {}
    converted = []
    for item, uom, quantity in rows:
        if uom is None or uom.pk == item.uom_id:
            converted.append(round_quantity(quantity, item.uom_decimals))
            continue
        factor = factors.get((item.pk, uom.pk))
        if factor is None:
            raise UnitNotConvertible(item=item.code, unit=uom)
        converted.append(round_quantity(quantity * factor, item.uom_decimals))
    return converted


@dataclass(frozen=True)
class InStockUnit:
    """A typed quantity in its item's stock unit, and the unit it was typed in with its factor (None: the stock unit).

    factor  what one of the unit really is here: where the stock unit was rounded to, a little off the item's own.
    """

    quantity: Decimal
    uom_id: int | None = None
    factor: Decimal | None = None

    @property
    def unit(self) -> dict[str, Any]:
        """Return unit and factor as the columns of a row that remembers them."""
        return {"uom_id": self.uom_id, "unit_factor": self.factor}


def in_stock_unit(item: Item, uom_id: int | None, quantity: Decimal) -> InStockUnit:
    """Return one typed quantity as `in_stock_units` does."""
    return in_stock_units([(item, uom_id, quantity)])[0]


def in_stock_units(rows: Sequence[tuple[Item, int | None, Decimal]]) -> list[InStockUnit]:
    """Return typed quantities (item with its stock unit, key of the unit typed in, quantity) in stock units, in order.

    Rounded half up to the decimals of the stock unit; what was typed in the stock unit stays as it is.

    Raises:
        UnitNotConvertible: an item has no such unit.
    """
    foreign = {item.pk for item, uom_id, _quantity in rows if uom_id is not None and uom_id != item.uom_id}
    factors = unit_factors(sorted(foreign), ()) if foreign else {}
    converted = []
    for item, uom_id, quantity in rows:
        if uom_id is None or uom_id == item.uom_id:
            converted.append(InStockUnit(quantity))
            continue
        factor = factors.get((item.pk, uom_id))
        if factor is None:
            unit = UnitOfMeasure.objects.filter(pk=uom_id).first()
            raise UnitNotConvertible(item=item.code, unit=unit or f"#{uom_id}")
        booked = round_quantity(quantity * factor, item.uom_decimals)
        actual = round_quantity(booked / quantity, FACTOR_DECIMALS) if booked else factor
        converted.append(InStockUnit(booked, uom_id, actual))
    return converted


@dataclass(frozen=True)
class InOneUnit:
    """Quantities typed in one unit, in their item's stock unit; unit and factor as in `InStockUnit`."""

    quantities: tuple[Decimal, ...]
    uom_id: int | None = None
    factor: Decimal | None = None

    @property
    def unit(self) -> dict[str, Any]:
        """Return unit and factor as the columns of a row that remembers them."""
        return {"uom_id": self.uom_id, "unit_factor": self.factor}


def in_one_unit(item: Item, uom_id: int | None, quantities: Sequence[Decimal]) -> InOneUnit:
    """Return quantities that were typed in one unit in the stock unit; together they are what their sum is there.

    What rounding would leave over stands in the first of them that is not zero.

    Raises:
        UnitNotConvertible: the item has no such unit.
    """
    whole = in_stock_unit(item, uom_id, sum(quantities, Decimal(0)))
    if whole.uom_id is None or not any(quantities):
        return InOneUnit(tuple(quantities))
    found = [one.quantity for one in in_stock_units([(item, uom_id, quantity) for quantity in quantities])]
    first = next((place for place, quantity in enumerate(quantities) if quantity), 0)
    found[first] += whole.quantity - sum(found, Decimal(0))
    return InOneUnit(tuple(found), whole.uom_id, whole.factor)


def units_of(item: Item) -> list[tuple[UnitOfMeasure, Decimal]]:
    """Return the units the item may be typed in with their factors, the stock unit first."""
    others = item.units.select_related("uom").order_by("factor")
    return [(item.uom, Decimal(1)), *((one.uom, one.factor) for one in others if one.uom_id != item.uom_id)]


def other_units(item_ids: Iterable[int]) -> dict[int, list[ItemUnit]]:
    """Return the units beside the stock unit of many items, smallest first, by item; items without any are left out."""
    rows = ItemUnit.objects.filter(item_id__in=list(item_ids)).exclude(uom=F("item__uom"))
    found: dict[int, list[ItemUnit]] = {}
    for one in rows.select_related("uom", "item__uom").order_by("item_id", "factor"):
        found.setdefault(one.item_id, []).append(one)
    return found


@dataclass(frozen=True)
class Typed:
    """A quantity as it stands in a form: of which item, in which unit (None: the stock unit)."""

    item_id: int
    uom_id: int | None
    quantity: Decimal


@dataclass(frozen=True)
class StockQuantity:
    """The same in the item's stock unit, or the sentence why that cannot be said."""

    quantity: Decimal
    unit: UnitOfMeasure
    refusal: str = ""


def stock_quantity_notes(rows: Mapping[str, Typed]) -> dict[str, StockQuantity]:
    """Return what typed quantities are in the stock units of their items, by row; unknown items none."""
    items = Item.objects.select_related("uom").in_bulk({row.item_id for row in rows.values()})
    factors = unit_factors(sorted(items), [(item.pk, item.uom_id) for item in items.values()])
    units = UnitOfMeasure.objects.in_bulk({row.uom_id for row in rows.values() if row.uom_id})
    found = {}
    for key, row in rows.items():
        item = items.get(row.item_id)
        if item is None or (row.uom_id is not None and row.uom_id not in units):
            continue
        factor = factors.get((item.pk, row.uom_id or item.uom_id))
        if factor is None:
            refusal = str(UnitNotConvertible(item=item.code, unit=units[row.uom_id or 0]))
            found[key] = StockQuantity(row.quantity, item.uom, refusal)
        else:
            found[key] = StockQuantity(round_quantity(row.quantity * factor, item.uom_decimals), item.uom)
    return found


def has_second_units() -> bool:
    """Return whether the company has goods that are counted in two units."""
    return once_a_page("masterdata.second_units", Item.objects.filter(second_uom__isnull=False).exists)
