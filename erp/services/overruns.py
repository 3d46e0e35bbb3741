"""A posting that would bring an order above its budget is refused, or said to those responsible, as it happens."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_noop

from core.errors import DomainError
from core.models.users import User
from core.notifications.services import notify
from core.operations import rehearse
from erp.errors.costing import CostAboveBudget
from erp.models import CostingSettings, CostOverrun, OrderBaseline, WorkOrder
from erp.selectors.order_costs import CostCard, cost_card, cost_cards
from erp.states import WorkOrderState
from erp.states.costing import OverrunAction

RUNNING = (WorkOrderState.RELEASED, WorkOrderState.IN_PROGRESS)
RIGHT = "erp.exceed_workorder_cost"
TOLD = gettext_noop("%(order)s is projected to cost %(projected)s, planned were %(planned)s (+%(percent)s %%).")


def watch_budget(work_order: WorkOrder, *, actor: Any, at: dt.datetime) -> None:
    """Compare what a locked order will cost, the posting under way included, with its baseline.

    Above the tolerance it is refused to whoever may not exceed budgets, where the settings say so; else it is recorded
    and told to the order's owner, the owner of the customer's order, and those who may exceed budgets: once per whole
    percent. Source: HARD_RULES §9.

    Raises:
        CostAboveBudget: names what it will cost and what was planned.
    """
    if not OrderBaseline.objects.filter(work_order=work_order).exists():
        return
    card = cost_card(work_order)
    chosen = CostingSettings.objects.first() or CostingSettings()
    if not card.planned or card.overrun_percent <= chosen.overrun_percent:
        return
    if chosen.overrun_action == OverrunAction.REFUSE and actor is not None and not actor.has_perm(RIGHT):
        raise CostAboveBudget(
            document=work_order, projected=card.projected, planned=card.planned, percent=card.overrun_percent
        )
    known = work_order.overruns.order_by("-percent").values_list("percent", flat=True).first()
    if known is not None and card.overrun_percent < known + 1:
        return
    _tell(work_order, card, actor=actor, at=at)


def tell_overruns(work_order_ids: Collection[int], *, actor: Any, at: dt.datetime) -> None:
    """Say which running orders are above their budget now that a cost came late to them.

    Nothing is refused: the cost is there. Source: HARD_RULES §9 (9 statements, whatever the number of orders in it).
    """
    running = WorkOrder.objects.filter(pk__in=work_order_ids, state__in=RUNNING, baseline__isnull=False)
    orders = list(running.distinct().select_related("sales_order_line__order").order_by("pk"))
    if not orders:
        return
    chosen = CostingSettings.objects.first() or CostingSettings()
    told = CostOverrun.objects.filter(work_order__in=orders).order_by().values_list("work_order")
    known = dict(told.annotate(most=Max("percent")))
    for card in cost_cards(orders):
        percent = card.overrun_percent
        if not card.planned or percent <= chosen.overrun_percent:
            continue
        before = known.get(card.work_order.pk)
        if before is None or percent >= before + 1:
            _tell(card.work_order, card, actor=actor, at=at)


def would_run_over(
    service: Callable[..., Any],
    arguments: Mapping[str, Any],
    *,
    orders: Iterable[int],
    actor: Any,
    reason: str = "",
    key: str | None = None,
) -> list[CostOverrun]:
    """Return the overruns that a posting would cause to these orders; it is tried and rolled back.

    What is refused anyway is said by the posting itself: none. A request whose ``key`` was carried out causes none.
    """
    rows = CostOverrun.objects.filter(work_order__in=list(orders)).select_related("work_order").order_by("pk")
    before = list(rows.values_list("pk", flat=True))
    with rehearse(actor=actor, reason=reason, key=key) as attempt:
        try:
            attempt(service, lambda: dict(arguments))
        except DomainError:
            return []
        return list(rows.exclude(pk__in=before))


def _tell(work_order: WorkOrder, card: CostCard, *, actor: Any, at: dt.datetime) -> None:
    CostOverrun.objects.create(
        work_order=work_order,
        planned=card.planned,
        projected=card.projected,
        percent=min(card.overrun_percent, Decimal("999.99")),
        actor=actor,
        created_at=at,
    )
    notify(
        users=_responsible(work_order),
        message=gettext_noop(
            "%(order)s is projected to cost %(projected)s, planned were %(planned)s (+%(percent)s %%)."
        ),
        params={
            "order": str(work_order),
            "projected": f"{card.projected:.2f}",
            "planned": f"{card.planned:.2f}",
            "percent": f"{card.overrun_percent:.1f}",
        },
        url=work_order.get_absolute_url(),
        at=at,
    )


def _responsible(work_order: WorkOrder) -> list[User]:
    line = work_order.sales_order_line
    owners = {work_order.owner_id, line.order.owner_id if line is not None else None} - {None}
    may = Q(groups__permissions__codename="exceed_workorder_cost", groups__permissions__content_type__app_label="erp")
    return list(User.objects.filter(Q(pk__in=owners) | may, is_active=True).distinct())
