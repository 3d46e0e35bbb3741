"""What may be promised of items: answers to wishes, and stock, demand and firm supply as promising counts them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.clock import today
from core.fields import ZERO
from erp.engines.outlook import Outlook
from erp.engines.promising import MAX_DEPTH, Answer, PartsUnknown, Rule, Step, Wish, promise
from erp.models import Demand, PlanningSettings
from erp.selectors.outlook_reading import Reading
from erp.selectors.outlook_unplanned import take_unplanned
from erp.selectors.plan import current_run
from erp.selectors.planned_needs import Asking
from erp.selectors.project_stock import pool_keys


@dataclass(frozen=True)
class Promised:
    """One answer with the stock it was given on; ``why`` and ``parts`` as in erp.engines.promising.Answer.

    codes   of the items that ``why`` names, by key.
    spoken  how much of the stock of each of them is needed to make what was ordered.
    """

    on_hand: Decimal
    available: Decimal
    day: dt.date | None
    short: Decimal
    why: tuple[Step, ...] = ()
    parts: tuple[tuple[Decimal, dt.date | None], ...] = ()
    codes: tuple[tuple[int, str], ...] = ()
    spoken: tuple[tuple[int, Decimal], ...] = ()


def promise_lines(
    wishes: Sequence[Wish],
    exclude_order_id: int | None = None,
    exclude_quotation_id: int | None = None,
    *,
    parts_of: int | None = None,
    project_id: int | None = None,
) -> list[Promised]:
    """Answer wishes for items in line order, from stock, open demand, firm supply and the items' bills of material.

    The demand of ``exclude_order_id`` and the hold of ``exclude_quotation_id`` do not count against themselves, nor
    does what project ``project_id`` keeps without an order: it is theirs.
    """
    items: list[Any] = [wish.item for wish in wishes]
    own = pool_keys(project_id) if project_id else ()
    asking = Asking(today(), current_run(), exclude_order_id or 0, exclude_quotation_id or 0, own)
    reading = _begun(asking)
    _read_short(reading, wishes)
    try:
        answers = _answers(reading, wishes, parts_of)
    except PartsUnknown:  # each line rounds its whole parts up for itself: together a little more than was looked for
        reading = _begun(asking)
        reading.read_all(set(items))
        answers = _answers(reading, wishes, parts_of)
    return [
        Promised(
            reading.on_hand.get(item, ZERO),
            one.available,
            one.day,
            max(ZERO, wish.quantity - one.available),
            one.why,
            one.parts,
            tuple((step.item, reading.codes[step.item]) for step in one.why),
            tuple((step.item, reading.spoken_of(step.item)) for step in one.why),
        )
        for item, wish, one in zip(items, wishes, answers, strict=True)
    ]


def available_to_promise(item_ids: Iterable[int], day: dt.date | None = None) -> dict[int, Decimal]:
    """Return what of each item may be promised on ``day`` (today) without breaking a later promise."""
    now = today()
    reading, wanted = _begun(Asking(now, current_run())), set(item_ids)
    reading.read(wanted)
    return {item_id: reading.outlooks[item_id].available(day or now) for item_id in wanted}


def promisable(
    item_ids: Iterable[int], day: dt.date, *, exclude_demand_ids: Iterable[int], beside: Iterable[int] = ()
) -> dict[int, Outlook]:
    """Return what of items may be promised from ``day`` on by stock and firm supply, as if some demands were none.

    beside  demands of the same document: what they ask of these items counts, what is to be made for them does not.
    """
    keys, others = tuple(exclude_demand_ids), tuple(beside)
    reading, wanted = _begun(Asking(day, current_run(), demand_ids=(*keys, *others))), set(item_ids)
    reading.read(wanted)
    outlooks = {item_id: reading.outlooks[item_id] for item_id in wanted}
    own = Demand.objects.filter(pk__in=others, open_quantity__gt=0, item_id__in=wanted)
    for item_id, due, quantity in own.values_list("item_id", "due_date", "open_quantity"):
        outlooks[item_id].add(max(due, day), -quantity)
    return outlooks


def _begun(asking: Asking) -> Reading:
    """A reading in which what was ordered since the plan has taken its components."""
    reading = Reading(asking, PlanningSettings.objects.first() or PlanningSettings())
    take_unplanned(reading)
    return reading


def _answers(reading: Reading, wishes: Sequence[Wish], parts_of: int | None) -> list[Answer]:
    """Answer the wishes; takes from the outlooks."""
    whole = [Wish(wish.item, wish.quantity, wish.day, reading.steps[wish.item]) for wish in wishes]
    rule = Rule(reading.rules.promise_rule)
    return promise(whole, reading.outlooks, reading.day, reading.add_days, rule=rule, parts_of=parts_of)


def _read_short(reading: Reading, wishes: Sequence[Wish]) -> None:
    """Read the wished items, then, level by level, the parts of those of which more may be needed than is there."""
    needs: dict[Any, Decimal] = {}
    for wish in wishes:
        needs[wish.item] = needs.get(wish.item, ZERO) + wish.quantity
    rule = Rule(reading.rules.promise_rule)
    if rule is Rule.RLT:
        reading.read_all(set(needs))
        return
    reading.read(needs)
    asked: dict[Any, Decimal] = {}
    touched = set(needs) if rule is Rule.CTP else set()
    for _wave in range(MAX_DEPTH):
        missing = {pk: needs[pk] - reading.outlooks[pk].available(reading.day) for pk in sorted(touched)}
        missing = {pk: lack for pk, lack in missing.items() if lack > asked.get(pk, ZERO)}
        reading.open(missing)
        touched = set()
        for pk, lack in missing.items():
            for part in reading.outlooks[pk].parts:
                needs[part.item] = needs.get(part.item, ZERO) + part.needed(lack - asked.get(pk, ZERO))
                touched.add(part.item)
            asked[pk] = lack
        if not touched:
            return
        reading.read(touched)
        reading.read_substitutes(missing)
