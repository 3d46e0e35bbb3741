"""Writes the corrections of a backdated posting: one more entry on each later move that is worth something else now."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Sum

from core import audit
from core.fields import ZERO
from core.money import split_amount
from erp import signals
from erp.engines.costing import LayerTake
from erp.models import LayerUse, StockMove, ValueEntry
from erp.services.stock.backdating import Correction
from erp.services.stock.valuing import base_decimals
from erp.services.valuation.dating import adjustment_days
from erp.services.valuation.following import carry_into_documents
from erp.services.valuation.inputs import default_counter
from erp.states import EntryKind, ValueCounter


def correct_later_moves(corrections: Sequence[Correction], *, source: Any, actor: Any, at: dt.datetime) -> None:
    """Append the corrections, each on the date of its move, and announce them; layers and item costs are written.

    source  the backdated document: the entries name it.
    """
    move_ids = {one.move_id for one in corrections}
    moves = StockMove.objects.in_bulk(move_ids)
    own = {entry.move_id: entry for entry in ValueEntry.objects.filter(move__in=move_ids, kind=F("move__kind"))}
    days = adjustment_days([moves[one.move_id].moved_on for one in corrections])
    entries = []
    for one, day in zip(corrections, days, strict=True):
        move = moves[one.move_id]
        counter = default_counter(move.kind, brings=own[move.pk].quantity > 0)
        if counter == ValueCounter.SUBCONTRACT:  # processing is over and empty: what is found later is a difference
            counter = ValueCounter.PRICE_DIFFERENCE
        counter = ValueCounter.STOCK_ADJUSTMENT if one.is_given else counter
        entries.append(
            ValueEntry(
                move=move,
                item_id=move.item_id,
                kind=EntryKind.ADJUSTMENT if one.is_given else EntryKind.BACKDATING,
                quantity=ZERO,
                amount=one.amount,
                counter=counter,
                work_order_id=own[move.pk].work_order_id if counter == ValueCounter.WIP else None,
                source_label=audit.label_of(source),
                source_id=source.pk,
                booked_on=day,
                created_at=at,
            )
        )
    ValueEntry.objects.bulk_create(entries)
    LayerUse.objects.bulk_create(_uses(corrections, entries))
    settled = carry_into_documents(entries)
    signals.stock_value_adjusted.send(
        sender=ValueEntry, entries=entries, settled=settled, source=source, actor=actor, at=at
    )


def _uses(corrections: Sequence[Correction], entries: Sequence[ValueEntry]) -> list[LayerUse]:
    """The changed uses, or (of averaged goods) the amount spread over what the move used, by quantity."""
    averaged = {one.move_id for one in corrections if not one.takes}
    used: dict[int, dict[int, Any]] = defaultdict(dict)
    rows = LayerUse.objects.filter(move__in=averaged).values("move_id", "layer_id").annotate(total=Sum("quantity"))
    for row in rows.filter(total__gt=0).order_by("move_id", "layer_id"):
        used[row["move_id"]][row["layer_id"]] = row["total"]
    places = base_decimals()
    found = []
    for one, entry in zip(corrections, entries, strict=True):
        if one.takes:
            found += [_use(entry, take) for take in one.takes]
        elif used[one.move_id]:
            shares = split_amount(-one.amount, list(used[one.move_id].values()), places)
            for layer_id, share in zip(used[one.move_id], shares, strict=True):
                found.append(LayerUse(layer_id=layer_id, move=entry.move, entry=entry, quantity=ZERO, amount=share))
    return found


def _use(entry: ValueEntry, take: LayerTake) -> LayerUse:
    return LayerUse(layer_id=take.layer.pk, move=entry.move, entry=entry, quantity=take.quantity, amount=take.amount)
