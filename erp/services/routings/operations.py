"""The operations of a routing as they are typed, and what is refused about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.fields import ZERO
from erp.errors.engineering import RoutingIsEmpty, WorkCenterMissing
from erp.models import Routing, RoutingAlternate, RoutingOperation, WorkCenter
from masterdata.errors import NotASupplier
from masterdata.models import Partner
from masterdata.services.entry import require_open

STEP = 10


@dataclass(frozen=True)
class AlternateInput:
    """Another work centre for an operation; without times it needs those of the operation, without a rank the next."""

    work_center_id: int
    rank: int = 0
    setup_minutes: Decimal | None = None
    run_minutes: Decimal | None = None


@dataclass(frozen=True)
class OperationInput:
    """One typed operation; without a number it is ten after the one before.

    run_minutes  for every ``base_quantity`` stock units.
    unit_price   of a subcontracted one: base currency per stock unit, without tax.
    alternates   rows with the fields of AlternateInput.
    """

    name: str
    name_zh: str = ""
    number: int = 0
    work_center_id: int | None = None
    setup_minutes: Decimal = ZERO
    run_minutes: Decimal = ZERO
    base_quantity: Decimal = Decimal(1)
    is_count_point: bool = True
    is_subcontracted: bool = False
    supplier_id: int | None = None
    unit_price: Decimal = ZERO
    instructions: str = ""
    alternates: Sequence[Mapping[str, Any]] = ()


Row = tuple[RoutingOperation, list[RoutingAlternate]]


def understood(routing: Routing, operations: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return typed operations as rows to be written, in the order of their numbers.

    Raises:
        RoutingIsEmpty: there are none.
        WorkCenterMissing: one that is done here names no work centre.
        InvalidInput: a number stands twice, a time, quantity or price is impossible, or a work centre twice.
        NotASupplier: the partner of a subcontracted one is no supplier.
        ClosedForEntry, MergedAway: a work centre or supplier is not used any more.
    """
    typed = [OperationInput(**_given(one)) for one in operations]
    if not typed:
        raise RoutingIsEmpty(document=routing.number, field="operations")
    alternates = [[AlternateInput(**_given(one)) for one in some.alternates] for some in typed]
    wanted = {one.work_center_id for one in typed} | {one.work_center_id for some in alternates for one in some}
    centers = WorkCenter.objects.in_bulk({key for key in wanted if key})
    suppliers = Partner.objects.in_bulk({one.supplier_id for one in typed if one.supplier_id})
    rows: list[Row] = []
    last = 0
    for one, some in zip(typed, alternates, strict=True):
        last = one.number or last + STEP
        operation = _row(one, last, centers, suppliers)
        rows.append((operation, _alternates(operation, some, centers)))
    numbers = [operation.number for operation, _some in rows]
    if len(set(numbers)) < len(numbers):
        raise InvalidInput(message=_("An operation number stands there twice."), field="number")
    return sorted(rows, key=lambda row: row[0].number)


def write_operations(routing: Routing, rows: Sequence[Row]) -> None:
    """Store understood operations with their alternatives."""
    for operation, _some in rows:
        operation.routing = routing
    RoutingOperation.objects.bulk_create([operation for operation, _some in rows])
    alternates = [one for _operation, some in rows for one in some]
    for one in alternates:
        one.operation_id = one.operation.pk
    RoutingAlternate.objects.bulk_create(alternates)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _refuse(number: int, sentence: str, field: str) -> None:
    place = _("Operation %(number)s") % {"number": number}
    raise InvalidInput(message=f"{place}: {sentence}", operation=number, field=field)


def _center(number: int, key: int, centers: Mapping[int, WorkCenter]) -> WorkCenter:
    if key not in centers:
        _refuse(number, _("there is no work centre with the key %(key)s.") % {"key": key}, "work_center")
    require_open(centers[key])
    return centers[key]


def _row(
    typed: OperationInput, number: int, centers: Mapping[int, WorkCenter], suppliers: Mapping[int, Partner]
) -> RoutingOperation:
    if typed.work_center_id is None and not typed.is_subcontracted:
        raise WorkCenterMissing(operation=number, name=typed.name, field="work_center")
    _require_sound(typed, number)
    return RoutingOperation(
        number=number,
        name=typed.name.strip(),
        name_zh=typed.name_zh.strip(),
        work_center=_center(number, typed.work_center_id, centers) if typed.work_center_id else None,
        setup_minutes=typed.setup_minutes,
        run_minutes=typed.run_minutes,
        base_quantity=typed.base_quantity,
        is_count_point=typed.is_count_point,
        is_subcontracted=typed.is_subcontracted,
        supplier=_supplier(typed, suppliers),
        unit_price=typed.unit_price,
        instructions=typed.instructions,
    )


def _require_sound(typed: OperationInput, number: int) -> None:
    if not typed.name.strip():
        _refuse(number, _("enter what is done."), "name")
    if min(typed.setup_minutes, typed.run_minutes) < 0:
        _refuse(number, _("a time cannot be negative."), "run_minutes")
    if typed.base_quantity <= 0:
        _refuse(number, _("the quantity must be above zero."), "base_quantity")
    if typed.unit_price < 0:
        _refuse(number, _("a price cannot be negative."), "unit_price")
    if not typed.is_subcontracted and (typed.supplier_id or typed.unit_price):
        _refuse(number, _("supplier and price are for subcontracted operations only."), "supplier")


def _supplier(typed: OperationInput, suppliers: Mapping[int, Partner]) -> Partner | None:
    if not typed.supplier_id:
        return None
    supplier = suppliers.get(typed.supplier_id)
    if supplier is None or not supplier.is_supplier:
        raise NotASupplier(partner=supplier or typed.supplier_id, field="supplier")
    require_open(supplier)
    return supplier


def _alternates(
    operation: RoutingOperation, some: Sequence[AlternateInput], centers: Mapping[int, WorkCenter]
) -> list[RoutingAlternate]:
    made = [
        RoutingAlternate(
            operation=operation,
            work_center=_center(operation.number, one.work_center_id, centers),
            rank=one.rank or place,
            setup_minutes=operation.setup_minutes if one.setup_minutes is None else one.setup_minutes,
            run_minutes=operation.run_minutes if one.run_minutes is None else one.run_minutes,
        )
        for place, one in enumerate(some, start=1)
    ]
    if any(min(one.setup_minutes, one.run_minutes) < 0 for one in made):
        _refuse(operation.number, _("a time cannot be negative."), "alternates")
    places = {one.work_center_id for one in made} | {operation.work_center_id}
    if made and (len(places) < len(made) + 1 or len({one.rank for one in made}) < len(made)):
        _refuse(operation.number, _("a work centre or a rank stands there twice."), "alternates")
    return made
