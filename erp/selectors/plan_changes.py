"""Reading the changes of the plan that wait for a decision, and what brought them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.formats import readable
from core.typed import is_key
from crm.models import SalesOrder
from erp.models import PlanChange, SupplyAdvice
from erp.selectors.sources import name_of, url_of
from erp.states.plan_changes import MOVED_KINDS, UNDECIDED, PlanChangeKind, PlanChangeOutcome


def plan_changes() -> QuerySet[PlanChange]:
    """Return all changes with what a list shows of them, the newest first."""
    related = ("item__uom", "order_line__order__partner", "decided_by")
    return PlanChange.objects.select_related(*related).order_by("-run_number", "-pk")


def in_scope(rows: QuerySet[PlanChange], user: Any) -> QuerySet[PlanChange]:
    """Return the changes whose order line, where they are of one, lies in the user's scope."""
    return rows.filter(Q(order_line__isnull=True) | Q(order_line__order__in=SalesOrder.objects.visible_to(user)))


def decisions_on_advice(rows: Iterable[SupplyAdvice]) -> dict[tuple[int, str], PlanChange]:
    """Return the latest change of each advice, by supply and kind, whatever became of it."""
    supplies = {row.supply_id for row in rows}
    found = PlanChange.objects.filter(supply_id__in=supplies).select_related("item__uom").order_by("pk")
    return {(one.supply_id or 0, one.kind): one for one in found}


def with_decisions(advice: QuerySet[SupplyAdvice]) -> QuerySet[Any]:
    """Return advice with ``change`` and ``outcome``: the key of its latest change, and what became of that."""
    latest = PlanChange.objects.filter(supply_id=OuterRef("supply_id"), kind=OuterRef("kind")).order_by("-pk")
    return advice.annotate(change=Subquery(latest.values("pk")[:1]), outcome=Subquery(latest.values("outcome")[:1]))


def undecided_changes() -> QuerySet[PlanChange]:
    """Return what still has to be decided by the planner."""
    return plan_changes().filter(outcome=PlanChangeOutcome.OPEN)


def changes_put_to(labels: list[str]) -> QuerySet[PlanChange]:
    """Return what was put to those who order supply of these sources, and is still wanted."""
    return plan_changes().filter(outcome=PlanChangeOutcome.PROPOSED, source_label__in=labels)


def causes() -> dict[str, str]:
    """Return what the reason codes of planning events mean, in the reader's language."""
    return {
        "demand:sales": _("sales order changed"),
        "demand:work_order": _("material of a work order changed"),
        "demand:forecast": _("forecast changed"),
        "demand:hold": _("stock held for a quotation"),
        "demand:master": _("master schedule changed"),
        "demand:subcontract": _("subcontract order changed"),
        "supply:work_order": _("work order changed"),
        "supply:purchase": _("purchase order changed"),
        "supply:requisition": _("requisition changed"),
        "stock": _("stock moved"),
        "bom": _("bill of material changed"),
        "routing": _("routing changed"),
        "settings": _("planning settings changed"),
        "firmed": _("planned order firmed"),
        "arrival": _("more came than was wanted"),
        "stock:project": _("stock moved between projects"),
        "moved": _("planned order moved on the machines"),
        "reserved": _("material reserved"),
        "asked": _("planned by hand"),
    }


def cause_of(change: PlanChange) -> tuple[str, str, str]:
    """Return (what happened, the document it happened to, its address) as people know it; a new day has no document."""
    if not change.cause:
        return _("new day or master data"), "", ""
    known = causes()
    text = known.get(change.cause) or known.get(change.cause.split(":", maxsplit=1)[0]) or change.cause
    if not change.cause_label or change.cause_id is None:
        return text, "", ""
    return text, change.cause_number or name_of(change.cause_label), url_of(change.cause_label, change.cause_id)


@dataclass(frozen=True)
class CauseGroup:
    """What one event brought and still has to be decided: its name as a filter, its words, how many of which kind."""

    name: str
    text: str
    number: str
    url: str
    count: int
    kinds: list[tuple[PlanChangeKind, int]]


def undecided_by_cause(rows: QuerySet[PlanChange]) -> list[CauseGroup]:
    """Return the undecided ones of ``rows`` by what brought them, what brought most first."""
    named = rows.filter(outcome__in=UNDECIDED).order_by()
    counted = named.values_list("cause_label", "cause_id", "cause_number", "cause", "kind").annotate(count=Count("pk"))
    found: dict[str, list[tuple[PlanChange, str, int]]] = defaultdict(list)
    for label, key, number, cause, kind, count in counted.order_by("-count", "kind"):
        one = PlanChange(cause=cause, cause_label=label, cause_id=key, cause_number=number)
        found[f"{label}:{key}" if key is not None else f"{cause}:"].append((one, kind, count))
    groups = []
    for name, parts in found.items():
        text, number, url = cause_of(parts[0][0])
        kinds: dict[str, int] = defaultdict(int)
        for _one, kind, count in parts:
            kinds[kind] += count
        total = [(PlanChangeKind(kind), count) for kind, count in kinds.items()]
        groups.append(CauseGroup(name, text, number, url, sum(kinds.values()), total))
    return sorted(groups, key=lambda group: (-group.count, group.name))


def cause_choices(asked: str = "") -> list[tuple[str, str]]:
    """Return what the list can be narrowed to: the causes of what waits for a decision, and the one asked for."""
    groups = undecided_by_cause(PlanChange.objects.all())
    choices = [(one.name, capfirst(f"{one.text} {one.number} ({one.count})")) for one in groups]
    if asked and asked not in dict(choices):
        label, _colon, key = asked.rpartition(":")
        one = PlanChange.objects.filter(cause_label=label, cause_id=key).first() if is_key(key) else None
        choices.append((asked, capfirst(" ".join(cause_of(one)[:2])) if one else asked))
    return choices


def page_of(change: PlanChange) -> str:
    """Return where the matter itself is shown: the order, the item's planned orders, the pegging of the order line."""
    if change.kind == PlanChangeKind.SHORTAGE:
        return f"{reverse('erp:plan')}?item={change.item_id}"
    if change.kind in MOVED_KINDS:
        return reverse("erp:pegging", args=[change.order_line_id])
    return url_of(change.source_label, change.source_id or 0)


def sentence_of(change: PlanChange) -> str:
    """Return what should be done or known, in one sentence."""
    unit = change.item.uom
    figures = {
        "quantity": f"{readable(change.quantity)} {unit}",
        "of": readable(change.old_quantity),
        "kept": f"{readable(change.kept_quantity)} {unit}",
        "raised": f"{readable(change.old_quantity + change.quantity)} {unit}",
        "old": readable(change.old_date) if change.old_date else "",
        "new": readable(change.new_date) if change.new_date else "",
    }
    match change.kind:
        case PlanChangeKind.EXPEDITE | PlanChangeKind.DEFER:
            text = _("Move from %(old)s to %(new)s.")
        case PlanChangeKind.INCREASE:
            text = _("Raise from %(of)s to %(raised)s.")
        case PlanChangeKind.DECREASE:
            text = _("Reduce from %(of)s to %(kept)s: the rest is not needed.")
        case PlanChangeKind.CANCEL:
            text = _("Nobody needs the %(quantity)s any more: cancel, or let it come to free stock.")
        case PlanChangeKind.FREED:
            text = _(
                "%(quantity)s that came for this order alone are free now: use them elsewhere, or leave them in stock."
            )
        case PlanChangeKind.SHORTAGE:
            text = _("%(quantity)s short instead of %(of)s, needed from %(new)s, order by %(old)s.")
        case _:
            text = _("Can be met on %(new)s instead of %(old)s.")
    return text % figures
