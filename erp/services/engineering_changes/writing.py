"""Writing drafts of engineering changes, and dropping them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.operations import operation
from erp.errors.engineering import ChangeIsEmpty, ChangeNotDraft
from erp.models import EngineeringChange, EngineeringChangeLine, WorkCenter
from erp.states.engineering import (
    AS_SET,
    OPERATION_ACTIONS,
    OUTPUT_KINDS,
    ChangeAction,
    ChangeReason,
    Disposition,
    EngineeringChangeState,
    OutputCost,
    StartsOrder,
)
from masterdata.models import Item
from masterdata.services.entry import require_open

FIGURES = (
    "quantity",
    "scrap_percent",
    "setup_minutes",
    "run_minutes",
    "fixed_scrap_quantity",
    "material_weight",
    "conversion_weight",
    "cost_percent",
    "fixed_amount",
)
NEEDS_REPLACEMENT = {ChangeAction.ADD_SUBSTITUTE, ChangeAction.CHANGE_SUBSTITUTE, ChangeAction.DROP_SUBSTITUTE}
TAKES_COST = {ChangeAction.CHANGE_WEIGHTS, ChangeAction.ADD_OUTPUT, ChangeAction.CHANGE_OUTPUT}
HIGHEST_RANK = 9999


@dataclass(frozen=True)
class ChangeLineInput:
    """One typed change of the bill or routing of an item; see EngineeringChangeLine."""

    item_id: int
    action: str
    component_id: int | None = None
    replacement_id: int | None = None
    quantity: Decimal | None = None
    scrap_percent: Decimal | None = None
    operation_no: int | None = None
    operation_name: str = ""
    operation_name_zh: str = ""
    work_center_id: int | None = None
    setup_minutes: Decimal | None = None
    run_minutes: Decimal | None = None
    fixed_scrap_quantity: Decimal | None = None
    is_level_skipped: bool | None = None
    output_kind: str = ""
    cost_method: str = ""
    material_weight: Decimal | None = None
    conversion_weight: Decimal | None = None
    is_conversion_as_material: bool = False
    cost_percent: Decimal | None = None
    fixed_amount: Decimal | None = None
    starts_order: str = ""
    rank: int | None = None
    substitute_group: str = ""
    disposition: str = ""
    item_revision: str = ""
    note: str = ""


@operation(permission="erp.add_engineeringchange")
def create_engineering_change(
    *,
    title: str,
    reason_code: str,
    effective_date: dt.date,
    lines: Sequence[Mapping[str, Any]],
    cause: str = "",
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> EngineeringChange:
    """Write a draft; ``lines`` have the fields of ChangeLineInput. Nothing changes before it is released.

    Raises:
        ChangeIsEmpty: there are no lines.
        InvalidInput: a line names too little, or a figure is impossible.
        ClosedForEntry, MergedAway: an item is not used any more.
    """
    today = business_date(at)
    change = EngineeringChange(
        number=next_number(EngineeringChange, at), owner=actor, document_date=today, created_at=at
    )
    rows = _filled(change, title, reason_code, effective_date, lines)
    change.cause, change.note = cause, note
    change.save()
    _write(change, rows)
    return change


@operation(permission="erp.change_engineeringchange", document=(EngineeringChange, "change_id"))
def update_engineering_change(
    *,
    change_id: int,
    title: str,
    reason_code: str,
    effective_date: dt.date,
    lines: Sequence[Mapping[str, Any]],
    cause: str = "",
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> EngineeringChange:
    """Replace what a draft says.

    Raises:
        ChangeNotDraft: it is released or cancelled.
        StaleVersion: somebody changed it since the user saw it.
        ChangeIsEmpty, InvalidInput, ClosedForEntry, MergedAway: as in `create_engineering_change`.
    """
    change = lock(EngineeringChange, change_id, version=version)
    if change.state != EngineeringChangeState.DRAFT:
        raise ChangeNotDraft(document=change, state=change.get_state_display())
    rows = _filled(change, title, reason_code, effective_date, lines)
    change.cause, change.note = cause, note
    change.version += 1
    change.save()
    change.lines.all().delete()
    _write(change, rows)
    return change


@operation(permission="erp.cancel_engineeringchange", document=(EngineeringChange, "change_id"))
def cancel_engineering_change(
    *, change_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> EngineeringChange:
    """Drop a draft.

    Raises:
        InvalidTransition: it is released or cancelled.
        StaleVersion: somebody changed it since the user saw it.
    """
    change = lock(EngineeringChange, change_id, version=version)
    transition(change, EngineeringChangeState.CANCELLED, actor=actor, at=at)
    return change


def _filled(
    change: EngineeringChange,
    title: str,
    reason_code: str,
    effective_date: dt.date,
    lines: Sequence[Mapping[str, Any]],
) -> list[EngineeringChangeLine]:
    if not title.strip():
        raise InvalidInput(message=_("Enter a title."), field="title")
    if reason_code not in ChangeReason.values:
        raise InvalidInput(message=_("Choose a reason."), field="reason_code")
    change.title, change.reason_code, change.effective_date = title.strip(), reason_code, effective_date
    typed = [ChangeLineInput(**{name: value for name, value in line.items() if value is not None}) for line in lines]
    if not typed:
        raise ChangeIsEmpty(document=change.number)
    keys = {key for one in typed for key in (one.item_id, one.component_id, one.replacement_id) if key}
    items = Item.objects.in_bulk(keys)
    if keys - items.keys():
        raise InvalidInput(message=_("There is no item with the key %(key)s.") % {"key": min(keys - items.keys())})
    centers = WorkCenter.objects.in_bulk({one.work_center_id for one in typed if one.work_center_id})
    require_open(*(items[one.replacement_id] for one in typed if one.replacement_id), *centers.values())
    return [_row(number, one) for number, one in enumerate(typed, start=1)]


def _row(number: int, typed: ChangeLineInput) -> EngineeringChangeLine:
    if typed.action not in ChangeAction.values:
        _refuse(number, _("choose what is changed."), "action")
    if typed.action in OPERATION_ACTIONS:
        _require_operation(number, typed)
    elif typed.action == ChangeAction.CHANGE_WEIGHTS:
        _require_weights(number, typed)
    else:
        _require_component(number, typed)
    if typed.is_conversion_as_material:
        _require_no_conversion(number, typed)
    if typed.disposition and typed.disposition not in Disposition.values:
        _refuse(number, _("choose what becomes of the stock."), "disposition")
    if any(one is not None and one < 0 for one in (getattr(typed, name) for name in FIGURES)):
        _refuse(number, _("a figure cannot be negative."), "quantity")
    return EngineeringChangeLine(line_no=number * 10, **asdict(typed))


def _require_operation(number: int, typed: ChangeLineInput) -> None:
    if not typed.operation_no:
        _refuse(number, _("enter the number of the operation."), "operation_no")
    if typed.action == ChangeAction.ADD_OPERATION and not typed.operation_name.strip():
        _refuse(number, _("enter what is done."), "operation_name")


def _require_weights(number: int, typed: ChangeLineInput) -> None:
    if typed.component_id:
        _refuse(number, _("the weights are those of the main product: leave the component empty."), "component")
    if typed.material_weight is None and typed.conversion_weight is None and not typed.is_conversion_as_material:
        _refuse(number, _("enter a weight of the material or of the conversion."), "material_weight")
    if typed.material_weight is not None and not typed.material_weight:
        _refuse(number, _("the weight of the main product is above zero."), "material_weight")


def _require_no_conversion(number: int, typed: ChangeLineInput) -> None:
    if typed.action not in TAKES_COST:
        _refuse(number, _("only the main product and outputs have a weight of the conversion."), "conversion_weight")
    if typed.conversion_weight is not None:
        _refuse(number, _("enter a weight of the conversion, or empty it."), "conversion_weight")


def _require_rank(number: int, typed: ChangeLineInput) -> None:
    if typed.rank is not None and not 1 <= typed.rank <= HIGHEST_RANK:
        _refuse(number, _("a rank is from 1 to 9999."), "rank")
    if typed.action == ChangeAction.CHANGE_SUBSTITUTE and not (typed.rank or typed.quantity):
        _refuse(number, _("enter the new rank or ratio."), "rank")


def _require_component(number: int, typed: ChangeLineInput) -> None:
    if not typed.component_id:
        _refuse(number, _("choose the component."), "component")
    if typed.action in NEEDS_REPLACEMENT and not typed.replacement_id:
        _refuse(number, _("choose the substitute."), "replacement")
    _require_rank(number, typed)
    if typed.action in {ChangeAction.ADD_COMPONENT, ChangeAction.ADD_OUTPUT} and not typed.quantity:
        _refuse(number, _("the quantity must be above zero."), "quantity")
    if typed.output_kind and typed.output_kind not in OUTPUT_KINDS:
        _refuse(number, _("choose co-product or by-product."), "output_kind")
    if typed.cost_method and typed.cost_method not in OutputCost.values:
        _refuse(number, _("choose how the output takes its cost."), "cost_method")
    if typed.starts_order and typed.starts_order not in {*StartsOrder.values, AS_SET}:
        _refuse(number, _("choose whether it starts an order."), "starts_order")
    if typed.action == ChangeAction.ADD_OUTPUT and not (typed.output_kind and typed.cost_method):
        _refuse(number, _("say whether it is a co- or by-product, and how it takes its cost."), "output_kind")


def _refuse(number: int, sentence: str, field: str) -> None:
    place = _("Line %(number)s") % {"number": number}
    raise InvalidInput(message=f"{place}: {sentence}", line=number, field=field)


def _write(change: EngineeringChange, rows: Sequence[EngineeringChangeLine]) -> None:
    for row in rows:
        row.change = change
    EngineeringChangeLine.objects.bulk_create(rows)
