"""The lines of a bill of material as they are typed: components, outputs, substitutes; what is refused about them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.fields import ZERO
from erp.errors import BomIsEmpty
from erp.errors.engineering import GroupNotReplaced, MixedShares, NotMade, SharesAboveWhole, SubstituteExpired
from erp.models import Bom, BomLine, BomSubstitute
from erp.selectors.stock_rules import stock_rules
from erp.states import MaterialKind
from erp.states.engineering import BomLineKind, IssueMethod, OutputCost, StartsOrder
from masterdata.models import Item
from masterdata.services.entry import require_open


@dataclass(frozen=True)
class SubstituteInput:
    """One typed substitute of a component; without a rank it is the next one; valid [from, to)."""

    item_id: int
    ratio: Decimal = Decimal(1)
    rank: int = 0
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclass(frozen=True)
class BomLineInput:
    """One typed line: ``quantity`` in the item's stock unit for the quantity of the bill; valid [from, to).

    substitutes  rows with the fields of SubstituteInput.
    issue_method  empty: as the stock settings say; serial numbers, which have to be scanned, are picked then.
    cost_method  outputs only; empty: a by-product takes its fixed amount, a co-product shares by weight.
    starts_order  co-products only (StartsOrder): whether a shortage starts an order of the main product.
    """

    component_id: int
    quantity: Decimal
    line_kind: str = BomLineKind.COMPONENT
    scrap_percent: Decimal = ZERO
    fixed_scrap_quantity: Decimal = ZERO
    is_level_skipped: bool = False
    issue_method: str = ""
    operation_no: int | None = None
    substitute_group: str = ""
    material_kind: str = MaterialKind.MAIN
    cost_method: str = ""
    material_weight: Decimal = ZERO
    conversion_weight: Decimal | None = None
    cost_percent: Decimal = ZERO
    fixed_amount: Decimal = ZERO
    starts_order: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    note: str = ""
    substitutes: Sequence[Mapping[str, Any]] = ()


Row = tuple[BomLine, list[BomSubstitute]]


def understood(bom: Bom, lines: Sequence[Mapping[str, Any]], today: dt.date) -> list[Row]:
    """Return typed lines as rows to be written, each with its substitutes.

    Raises:
        BomIsEmpty: there are no lines.
        InvalidInput: a quantity, a scrap rate, a share or a validity is impossible, or the item is in its own list.
        NotMade: the level of a bought item is to be skipped.
        SubstituteExpired: the validity of a substitute is over.
        GroupNotReplaced: none of the lines that are replaced together has a substitute.
        MixedShares, SharesAboveWhole: the co-products cannot share the cost like that.
        ClosedForEntry, MergedAway: an item is not used any more.
    """
    typed = [BomLineInput(**_given(line)) for line in lines]
    if not typed:
        raise BomIsEmpty(document=bom.number, field="lines")
    substitutes = [[SubstituteInput(**_given(one)) for one in line.substitutes] for line in typed]
    keys = {line.component_id for line in typed} | {one.item_id for some in substitutes for one in some}
    items = Item.objects.select_related("uom").in_bulk(keys)
    usual = stock_rules().usual_issue
    rows = []
    for number, (line, some) in enumerate(zip(typed, substitutes, strict=True), start=1):
        item = _open(items, line.component_id)
        row = _row(number, line, item, bom)
        row.issue_method = _issue_method(line, item, usual)
        rows.append((row, _substitutes(number, row, some, items, (bom, today))))
    _require_replaced_groups(rows)
    _require_one_way([row for row, _substitutes in rows])
    _require_sound_shares([row for row, _substitutes in rows])
    return rows


def write_lines(bom: Bom, rows: Sequence[Row]) -> None:
    """Store understood lines with their substitutes."""
    for row, _substitutes in rows:
        row.bom = bom
    BomLine.objects.bulk_create([row for row, _substitutes in rows])
    substitutes = [one for _row, some in rows for one in some]
    for one in substitutes:
        one.bom_line_id = one.bom_line.pk
    BomSubstitute.objects.bulk_create(substitutes)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _open(items: Mapping[int, Item], key: int) -> Item:
    if key not in items:
        raise InvalidInput(message=_("There is no item with the key %(key)s.") % {"key": key}, field="component")
    require_open(items[key])
    return items[key]


def _issue_method(line: BomLineInput, item: Item, usual: str) -> IssueMethod:
    if line.issue_method:
        return IssueMethod(line.issue_method)
    is_picked = item.tracking == Item.Tracking.SERIAL or line.line_kind != BomLineKind.COMPONENT
    return IssueMethod.PICK if is_picked else IssueMethod(usual)


def _row(number: int, line: BomLineInput, item: Item, bom: Bom) -> BomLine:
    _require_sound_line(number, line, bom)
    is_output = line.line_kind != BomLineKind.COMPONENT
    if is_output:
        _require_sound_output(number, line)
    elif line.is_level_skipped and item.supply_type == Item.SupplyType.BUY:
        raise NotMade(item=item, line=number)
    default = OutputCost.FIXED_AMOUNT if line.line_kind == BomLineKind.BY_PRODUCT else OutputCost.WEIGHT
    method = OutputCost(line.cost_method or default) if is_output else ""
    by_weight = method == OutputCost.WEIGHT
    return BomLine(
        line_no=number * 10,
        component=item,
        quantity=line.quantity,
        line_kind=BomLineKind(line.line_kind),
        scrap_percent=line.scrap_percent,
        fixed_scrap_quantity=line.fixed_scrap_quantity,
        is_level_skipped=line.is_level_skipped,
        operation_no=line.operation_no or None,
        substitute_group=line.substitute_group.strip(),
        material_kind=MaterialKind(line.material_kind),
        cost_method=method,
        material_weight=(line.material_weight or Decimal(1)) if by_weight else ZERO,
        conversion_weight=line.conversion_weight if by_weight else None,
        cost_percent=line.cost_percent if method == OutputCost.PERCENT else ZERO,
        fixed_amount=line.fixed_amount if method == OutputCost.FIXED_AMOUNT else ZERO,
        starts_order=StartsOrder(line.starts_order) if line.starts_order else "",
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        note=line.note,
    )


def _refuse(number: int, sentence: str, field: str = "") -> None:
    place = _("Line %(number)s") % {"number": number}
    raise InvalidInput(message=f"{place}: {sentence}", line=number, field=field)


def _require_sound_line(number: int, line: BomLineInput, bom: Bom) -> None:
    if line.component_id == bom.item_id:
        _refuse(number, _("an item cannot be its own component."), "component")
    if line.quantity <= 0:
        _refuse(number, _("the quantity must be above zero."), "quantity")
    if line.starts_order and line.line_kind != BomLineKind.CO_PRODUCT:
        _refuse(number, _("only a co-product can start an order of the main product."), "starts_order")
    if not 0 <= line.scrap_percent < 100:
        _refuse(number, _("scrap is from 0 to below 100 percent."), "scrap_percent")
    if line.fixed_scrap_quantity < 0:
        _refuse(number, _("the fixed scrap cannot be negative."), "fixed_scrap_quantity")
    if line.valid_from and line.valid_to and line.valid_to <= line.valid_from:
        _refuse(number, _("it must be valid for at least a day."), "valid_to")


def _require_sound_output(number: int, line: BomLineInput) -> None:
    if line.scrap_percent or line.fixed_scrap_quantity or line.is_level_skipped or line.substitutes:
        _refuse(number, _("what comes out has no scrap, no skipped level and no substitutes."), "line_kind")
    if line.substitute_group.strip():
        _refuse(number, _("what comes out has no scrap, no skipped level and no substitutes."), "substitute_group")
    if line.line_kind == BomLineKind.BY_PRODUCT and line.cost_method not in {"", OutputCost.FIXED_AMOUNT}:
        _refuse(number, _("a by-product takes a fixed amount per unit."), "cost_method")
    shares = (line.material_weight, line.conversion_weight or ZERO, line.cost_percent, line.fixed_amount)
    if min(shares) < 0:
        _refuse(number, _("a share of the cost cannot be negative."), "cost_method")


def _substitutes(
    number: int, row: BomLine, some: Sequence[SubstituteInput], items: Mapping[int, Item], context: tuple[Bom, dt.date]
) -> list[BomSubstitute]:
    bom, today = context
    made, taken = [], {row.component_id, bom.item_id}
    for place, one in enumerate(some, start=1):
        item = _open(items, one.item_id)
        if item.pk in taken:
            _refuse(number, _("%(item)s cannot replace itself or stand there twice.") % {"item": item}, "substitutes")
        if one.ratio <= 0:
            _refuse(number, _("the ratio of a substitute is above zero."), "substitutes")
        if one.valid_from and one.valid_to and one.valid_to <= one.valid_from:
            _refuse(number, _("it must be valid for at least a day."), "substitutes")
        if one.valid_to and one.valid_to <= today:
            raise SubstituteExpired(item=item, date=one.valid_to, line=number)
        taken.add(item.pk)
        made.append(
            BomSubstitute(
                bom_line=row,
                item=item,
                ratio=one.ratio,
                rank=one.rank or place,
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
        )
    if len({one.rank for one in made}) < len(made) and not row.substitute_group:
        _refuse(number, _("two substitutes have the same rank."), "substitutes")
    return made


def _require_replaced_groups(rows: Sequence[Row]) -> None:
    """All substitutes of one rank stand for all lines of the group; a line may have none of a rank, or several."""
    groups = {row.substitute_group for row, _substitutes in rows if row.substitute_group}
    for group in sorted(groups - {row.substitute_group for row, substitutes in rows if substitutes}):
        raise GroupNotReplaced(group=group)


def _require_one_way(rows: Sequence[BomLine]) -> None:
    """A product that comes out twice on one day takes its cost in one way: an order has one line of it."""
    seen: dict[int, list[tuple[int, BomLine]]] = defaultdict(list)
    for number, row in enumerate(rows, start=1):
        for _other, known in seen[row.component_id] if row.cost_method else ():
            apart = (row.valid_to and known.valid_from and row.valid_to <= known.valid_from) or (
                known.valid_to and row.valid_from and known.valid_to <= row.valid_from
            )
            if not apart and (known.line_kind, known.cost_method) != (row.line_kind, row.cost_method):
                _refuse(number, _("%(item)s comes out twice: give it one kind and one cost method.") % {
                    "item": row.component}, "cost_method")  # fmt: skip
        if row.cost_method:
            seen[row.component_id].append((number, row))


def _require_sound_shares(rows: Sequence[BomLine]) -> None:
    shared = [row for row in rows if row.cost_method in {OutputCost.WEIGHT, OutputCost.PERCENT}]
    if len({row.cost_method for row in shared}) > 1:
        raise MixedShares()
    percent = sum((row.cost_percent for row in shared), ZERO)
    if percent > 100:
        raise SharesAboveWhole(percent=percent)
