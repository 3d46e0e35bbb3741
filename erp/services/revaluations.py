"""Stock revaluations: written, posted, dropped."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from core.audit import label_of
from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.fields import ZERO
from core.operations import operation
from erp.errors import FuturePosting, NotDraft, NothingToRevalue, RevaluationFollowed, RevaluationReasonMissing
from erp.models import ItemCost, StockRevaluation, StockRevaluationLine, ValuationMethod, ValueEntry
from erp.services.guards import require_edge
from erp.services.sources import number_of
from erp.services.stock.locking import lock_costs
from erp.services.valuation import Revaluation, revalue, undo_revaluation
from erp.states import RevaluationState
from masterdata.models import Item

Lines = Sequence[Mapping[str, Any]]


@operation(permission="erp.add_stockrevaluation")
def create_stock_revaluation(
    *,
    lines: Lines,
    cause: str,
    date: dt.date | None = None,
    note: str = "",
    actor: Any,
    at: dt.datetime,
) -> StockRevaluation:
    """Write down the new unit costs of items; nothing changes before it is posted.

    lines  item_id and unit_cost per stock unit, base currency; each item once.   cause  why: it stands on the entries.

    Raises:
        RevaluationReasonMissing: no cause is given.
        NothingToRevalue: there are no lines.
        InvalidInput: an unknown item, an item twice, an impossible cost.
        FuturePosting: the date has not come yet.
    """
    document = StockRevaluation(
        owner=actor, document_date=date or business_date(at), created_at=at, number=next_number(StockRevaluation, at)
    )
    rows = _fill(document, lines, cause, note, at)
    document.save()
    StockRevaluationLine.objects.bulk_create(rows)
    return document


@operation(permission="erp.change_stockrevaluation", document=(StockRevaluation, "revaluation_id"))
def update_stock_revaluation(
    *,
    revaluation_id: int,
    lines: Lines,
    cause: str,
    date: dt.date | None = None,
    note: str = "",
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> StockRevaluation:
    """Replace what a draft says; arguments and refusals as for create_stock_revaluation.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it is posted or cancelled.
    """
    document = lock(StockRevaluation, revaluation_id, version=version)
    if document.state != RevaluationState.DRAFT:
        raise NotDraft(document=document, state=document.get_state_display())
    document.document_date = date or document.document_date
    rows = _fill(document, lines, cause, note, at)
    document.version += 1
    document.save()
    document.lines.all().delete()
    StockRevaluationLine.objects.bulk_create(rows)
    return document


@operation(permission="erp.post_stockrevaluation", document=(StockRevaluation, "revaluation_id"))
def post_stock_revaluation(
    *, revaluation_id: int, version: int | None = None, actor: Any, at: dt.datetime
) -> StockRevaluation:
    """Bring what is on hand to the new costs; under *standard* they are the standard costs from now on.

    The difference is booked as a stock valuation difference on the document's date, or on the first open day after it.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted or cancelled.
        MovedSince: an item moved, or its value changed, after the document's date.
        (erp.services.valuation.revalue): no period is open.
    """
    document = lock(StockRevaluation, revaluation_id, version=version)
    require_edge(document, RevaluationState.POSTED)
    lines = list(document.lines.order_by("line_no"))
    for item_id, cost in lock_costs({line.item_id for line in lines}).items():
        line = next(one for one in lines if one.item_id == item_id)
        line.quantity, line.old_value = cost.quantity, cost.value
        line.old_standard_cost = cost.standard_cost if cost.method == ValuationMethod.STANDARD else None
    appended = revalue(
        revaluations=[Revaluation(line.item_id, line.unit_cost, line.pk) for line in lines],
        source=document,
        date=document.document_date,
        actor=actor,
        at=at,
    )
    changes = {line.pk: ZERO for line in lines}
    for entry in appended.entries:
        if entry.source_line_id in changes:
            changes[entry.source_line_id] += entry.amount
    for line in lines:
        line.new_value = line.old_value + changes[line.pk]
    StockRevaluationLine.objects.bulk_update(lines, ["quantity", "old_value", "old_standard_cost", "new_value"])
    document.last_entry = ValueEntry.objects.aggregate(last=Max("pk"))["last"]
    document.difference = sum(changes.values(), ZERO)
    document.posting_date = max((entry.booked_on for entry in appended.entries), default=document.document_date)
    fields = ["difference", "posting_date", "last_entry"]
    transition(document, RevaluationState.POSTED, actor=actor, at=at, reason=document.reason, fields=fields)
    return document


@operation(permission="erp.reverse_stockrevaluation", document=(StockRevaluation, "revaluation_id"))
def reverse_stock_revaluation(
    *, revaluation_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> StockRevaluation:
    """Undo a posted revaluation by exact negatives, on its own day or the first open day after it.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not posted.
        RevaluationFollowed: an item moved, was valued or got another standard cost after it.
        (erp.services.valuation.undo_revaluation): no period is open.
    """
    document = lock(StockRevaluation, revaluation_id, version=version)
    require_edge(document, RevaluationState.REVERSED)
    lines = list(document.lines.select_related("item").order_by("line_no"))
    costs = lock_costs({line.item_id for line in lines})
    _refuse_followed(document, lines, costs)
    standards = {line.item_id: line.old_standard_cost for line in lines if line.old_standard_cost is not None}
    undo_revaluation(
        source=document,
        standard_costs=standards,
        date=document.posting_date or document.document_date,
        actor=actor,
        at=at,
    )
    transition(document, RevaluationState.REVERSED, actor=actor, at=at, reason=reason)
    return document


@operation(permission="erp.cancel_stockrevaluation", document=(StockRevaluation, "revaluation_id"))
def cancel_stock_revaluation(
    *, revaluation_id: int, version: int | None = None, reason: str = "", actor: Any, at: dt.datetime
) -> StockRevaluation:
    """Drop a draft.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is posted or cancelled.
    """
    document = lock(StockRevaluation, revaluation_id, version=version)
    transition(document, RevaluationState.CANCELLED, actor=actor, at=at, reason=reason)
    return document


def _refuse_followed(
    document: StockRevaluation, lines: Sequence[StockRevaluationLine], costs: Mapping[int, ItemCost]
) -> None:
    """Refuse when something changed the value, the quantity or the standard cost of an item after the document."""
    items = {line.item_id: line.item for line in lines}
    own = {"source_label": label_of(document), "source_id": document.pk}
    last = document.last_entry or ValueEntry.objects.filter(**own).aggregate(last=Max("pk"))["last"] or 0
    later = ValueEntry.objects.filter(item__in=items, pk__gt=last).exclude(**own).order_by("pk").first()
    if later is not None:
        follower = number_of(later.source_label, later.source_id)
        raise RevaluationFollowed(document=document, item=items[later.item_id], follower=follower, date=later.booked_on)
    others = StockRevaluation.objects.filter(state=RevaluationState.POSTED).exclude(pk=document.pk).order_by("-pk")
    for line in lines:
        cost = costs[line.item_id]
        if cost.method == ValuationMethod.STANDARD and (
            line.old_standard_cost is None or cost.standard_cost != line.unit_cost
        ):
            other = others.filter(lines__item=line.item_id).first() or document
            raise RevaluationFollowed(
                document=document, item=line.item, follower=other, date=other.posting_date or other.document_date
            )


def _fill(
    document: StockRevaluation, lines: Lines, cause: str, note: str, at: dt.datetime
) -> list[StockRevaluationLine]:
    """Set the header and return the unsaved lines."""
    if not cause.strip():
        raise RevaluationReasonMissing(field="cause")
    if document.document_date > business_date(at):
        raise FuturePosting(date=document.document_date)
    if not lines:
        raise NothingToRevalue(field="lines")
    document.reason, document.note = cause.strip()[:200], note
    items = Item.objects.in_bulk({int(row["item_id"]) for row in lines if row.get("item_id")})
    rows: list[StockRevaluationLine] = []
    for index, row in enumerate(lines):
        item = items.get(int(row.get("item_id") or 0))
        if item is None:
            raise _wrong(index, "item_id", _("Choose an item."))
        if any(one.item_id == item.pk for one in rows):
            raise _wrong(index, "item_id", _("%(item)s stands here twice.") % {"item": item})
        cost = _cost(row.get("unit_cost"), index)
        rows.append(StockRevaluationLine(revaluation=document, line_no=index + 1, item=item, unit_cost=cost))
    return rows


def _cost(value: Any, index: int) -> Decimal:
    try:
        cost = Decimal(str(value))
    except InvalidOperation as error:
        raise _wrong(index, "unit_cost", _("Enter the new unit cost.")) from error
    if not cost.is_finite() or cost < 0 or cost >= Decimal(10) ** 12:
        raise _wrong(index, "unit_cost", _("Enter a unit cost of zero or more."))
    return cost


def _wrong(index: int, field: str, message: str) -> InvalidInput:
    text = _("Line %(line)s: %(message)s") % {"line": index + 1, "message": message}
    return InvalidInput(message=text, field=f"lines.{index}.{field}")
