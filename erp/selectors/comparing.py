"""What differs between two bills of material or two routings, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.formats import readable
from core.permissions import hidden_fields
from erp.engines.changing import Weights
from erp.engines.comparing import changed_fields, paired
from erp.models import Bom, BomLine, BomSubstitute, OperationFile, Routing, RoutingAlternate, RoutingOperation
from erp.selectors.operation_files import files_of_routing, may_open_files
from masterdata.models import Item

ADDED, DROPPED, CHANGED, SAME = "added", "dropped", "changed", "same"

LINE_FIELDS = (
    "quantity",
    "scrap_percent",
    "fixed_scrap_quantity",
    "is_level_skipped",
    "issue_method",
    "operation_no",
    "substitute_group",
    "material_kind",
    "cost_method",
    "material_weight",
    "conversion_weight",
    "cost_percent",
    "fixed_amount",
    "starts_order",
    "valid_from",
    "valid_to",
    "note",
)
OPERATION_FIELDS = (
    "name",
    "name_zh",
    "work_center",
    "setup_minutes",
    "run_minutes",
    "base_quantity",
    "is_count_point",
    "is_subcontracted",
    "supplier",
    "unit_price",
    "instructions",
)
LineRow = tuple[BomLine, Sequence[BomSubstitute]]
OperationRow = tuple[RoutingOperation, Sequence[RoutingAlternate]]
Files = Mapping[int, Sequence[OperationFile]]


@dataclass(frozen=True)
class Difference:
    """One line or operation: what became of it, and each changed field as (label, before, after)."""

    kind: str
    label: str
    line_kind: str
    item: Item | None
    before: str
    after: str
    fields: tuple[tuple[str, str, str], ...] = ()


def compare_boms(before: Bom, after: Bom, user: Any) -> list[Difference]:
    """Return the differences between the lines of two bills, fields that ``user`` may not see left out."""
    weights = compare_weights(after.item, weights_of(before), weights_of(after))
    return weights + compare_lines(stored_lines(before), stored_lines(after), user)


def compare_routings(before: Routing, after: Routing, user: Any) -> list[Difference]:
    """Return the differences between two routings, the files of their operations included where ``user`` may see them.

    Fields that ``user`` may not see are left out.
    """
    files = (files_of_routing(before), files_of_routing(after)) if may_open_files(user) else ({}, {})
    return compare_operations(stored_operations(before), stored_operations(after), user, files)


def weights_of(bom: Bom) -> Weights:
    """Return the weights by which the main product of a bill takes its cost."""
    return bom.material_weight, bom.conversion_weight


def compare_weights(item: Item, before: Weights, after: Weights) -> list[Difference]:
    """Return the main product if it takes its cost by other weights."""
    fields = []
    for name, *values in zip(("material_weight", "conversion_weight"), before, after, strict=True):
        was, will = ("–" if one is None else readable(one) for one in values)
        if was != will:
            label = Bom._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            fields.append((capfirst(str(label)), was, will))
    if not fields:
        return []
    return [Difference(CHANGED, str(item), _("Main product"), item, "", "", tuple(fields))]


def stored_lines(bom: Bom) -> list[LineRow]:
    """Return the lines of a bill with their substitutes, items read along."""
    lines = bom.lines.select_related("component__uom").prefetch_related("substitutes__item")
    return [(line, list(line.substitutes.all())) for line in lines]


def stored_operations(routing: Routing) -> list[OperationRow]:
    """Return the operations of a routing with their alternatives, work centres read along."""
    operations = routing.operations.select_related("work_center", "supplier")
    return [(one, list(one.alternates.all())) for one in operations.prefetch_related("alternates__work_center")]


def compare_lines(before: Sequence[LineRow], after: Sequence[LineRow], user: Any) -> list[Difference]:
    """Return every line of either side, with what became of it."""
    names = _seen(BomLine, LINE_FIELDS, user)
    found = []
    for pair in paired(before, after, lambda row: (row[0].line_kind, row[0].component_id)):
        line = (pair.after or pair.before)[0]  # type: ignore[index]
        others = (_("Substitutes"), _substitutes(pair.before), _substitutes(pair.after))
        found.append(
            _difference(pair, names, others, str(line.component), line.get_line_kind_display(), line.component)
        )
    return found


def compare_operations(
    before: Sequence[OperationRow],
    after: Sequence[OperationRow],
    user: Any,
    files: tuple[Files, Files] = ({}, {}),
) -> list[Difference]:
    """Return every operation of either side, with what became of it; ``files`` by the number of the operation."""
    names = _seen(RoutingOperation, OPERATION_FIELDS, user)
    found = []
    for pair in paired(before, after, lambda row: row[0].number):
        one = (pair.after or pair.before)[0]  # type: ignore[index]
        others = (_("Alternative work centres"), _alternates(pair.before), _alternates(pair.after))
        difference = _difference(pair, names, others, str(one), _("Operation"), None)
        found.append(_with_files(difference, *(side.get(one.number, ()) for side in files)))
    return found


def _seen(model: Any, names: Iterable[str], user: Any) -> list[str]:
    hidden = hidden_fields(user, model)
    return [name for name in names if name not in hidden]


def _difference(  # noqa: PLR0917  the parts of one row
    pair: Any, names: Sequence[str], others: tuple[str, str, str], label: str, line_kind: str, item: Item | None
) -> Difference:
    if pair.before is None:
        return Difference(ADDED, label, line_kind, item, "", _summary(pair.after[0]))
    if pair.after is None:
        return Difference(DROPPED, label, line_kind, item, _summary(pair.before[0]), "")
    before, after = pair.before[0], pair.after[0]
    fields = [
        (capfirst(str(after._meta.get_field(name).verbose_name)), shown(before, name), shown(after, name))
        for name in changed_fields(before, after, names)
    ]
    if others[1] != others[2]:
        fields.append(others)
    kind = CHANGED if fields else SAME
    return Difference(kind, label, line_kind, item, _summary(before), _summary(after), tuple(fields))


def _with_files(one: Difference, before: Sequence[OperationFile], after: Sequence[OperationFile]) -> Difference:
    """Say which files were added, removed and replaced (same name, other content or revision) at an operation."""
    if one.kind == ADDED:
        return replace(one, after="; ".join([one.after, *(file.titled() for file in after)]))
    if one.kind == DROPPED:
        return replace(one, before="; ".join([one.before, *(file.titled() for file in before)]))
    was, now = ({str(file): file for file in side} for side in (before, after))
    fields = []
    for name in sorted(was.keys() | now.keys()):
        old, new = was.get(name), now.get(name)
        if old is None or new is None:
            label = _("File removed") if new is None else _("File added")
            fields.append((label, old.titled() if old else "–", new.titled() if new else "–"))
        elif (old.revision, old.attachment.sha256) != (new.revision, new.attachment.sha256):
            fields.append((_("File replaced"), old.titled(), new.titled()))
    return replace(one, kind=CHANGED, fields=(*one.fields, *fields)) if fields else one


def shown(row: Any, name: str) -> str:
    """Return one column of a row as it is read."""
    column, value = row._meta.get_field(name), getattr(row, name)
    if value is None or value == "":
        return "–"
    if isinstance(column, BooleanField):
        return str(_("Yes") if value else _("No"))
    if column.choices:
        return str(getattr(row, f"get_{name}_display")())
    return readable(value)


def _summary(row: Any) -> str:
    if isinstance(row, BomLine):
        return f"{readable(row.quantity)} {row.component.uom}"
    times = f"{readable(row.setup_minutes)} + {readable(row.run_minutes)} min"
    return f"{row.work_center}: {times}" if row.work_center else times


def _substitutes(row: LineRow | None) -> str:
    found = sorted(row[1], key=lambda one: one.rank) if row else []
    usual = [one.rank for one in found] == list(range(1, len(found) + 1))
    words = [("" if usual else f"{one.rank}. ") + f"{one.item.code} × {readable(Decimal(one.ratio))}" for one in found]
    return "; ".join(words) or "–"


def _alternates(row: OperationRow | None) -> str:
    found = sorted(row[1], key=lambda one: one.rank) if row else []
    return "; ".join(str(one.work_center) for one in found) or "–"
