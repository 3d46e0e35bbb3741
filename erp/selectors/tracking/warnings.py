"""The warnings that stand, for lists, walls, order lists and customers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from crm.models import SalesOrder
from crm.states import SalesOrderState
from erp.models import TrackingHit, TrackingSettings, TrackingWarning

BINDING = (SalesOrderState.CONFIRMED,)


def tracking_rules() -> TrackingSettings:
    """Return the thresholds (the usual ones, while nobody has saved any)."""
    return TrackingSettings.objects.first() or TrackingSettings()


def warnings() -> QuerySet[TrackingWarning]:
    """Return all warnings, the newest first, with what lists show."""
    return TrackingWarning.objects.select_related("work_order__item__uom", "work_order__owner", "item").order_by(
        "-raised_at", "-pk"
    )


def open_warnings() -> QuerySet[TrackingWarning]:
    """Return the warnings that stand."""
    return warnings().filter(closed_at__isnull=True)


def warnings_of_user(user: Any) -> QuerySet[TrackingWarning]:
    """Return the standing warnings of the user's own work orders, and of those that nobody owns."""
    return open_warnings().filter(Q(work_order__owner=user) | Q(work_order__owner__isnull=True))


def hits_by_warning(warning_ids: Iterable[int], user: Any) -> dict[int, list[SalesOrder]]:
    """Return {warning: customer orders that wait, as far as ``user`` may see them}, in the order of their numbers."""
    if not user.has_perm("crm.view_salesorder"):
        return {}
    rows = TrackingHit.objects.filter(warning__in=list(warning_ids)).values_list("warning_id", "order_line__order_id")
    pairs = sorted(set(rows))
    orders = (
        SalesOrder.objects.visible_to(user).select_related("partner", "owner").in_bulk({order for _one, order in pairs})
    )
    found: dict[int, list[SalesOrder]] = defaultdict(list)
    for warning_id, order_id in pairs:
        if order_id in orders:
            found[warning_id].append(orders[order_id])
    return found


def warned_orders(order_ids: Sequence[int]) -> dict[int, set[str]]:
    """Return {sales order: kinds of the warnings that hit it}."""
    rows = TrackingHit.objects.filter(order_line__order__in=list(order_ids), warning__closed_at__isnull=True)
    found: dict[int, set[str]] = defaultdict(set)
    for order_id, kind in rows.values_list("order_line__order_id", "warning__kind"):
        found[order_id].add(kind)
    return found


def warnings_of_order(order_id: int) -> dict[int, list[TrackingWarning]]:
    """Return {line of a sales order: the standing warnings that hit it}, the newest first."""
    hits = TrackingHit.objects.filter(order_line__order=order_id, warning__closed_at__isnull=True)
    hits = hits.select_related("warning__work_order__owner", "warning__item").order_by("-warning__raised_at", "-pk")
    found: dict[int, list[TrackingWarning]] = defaultdict(list)
    for hit in hits:
        found[hit.order_line_id].append(hit.warning)
    return found


def orders_in_production(partner_id: int, user: Any, limit: int = 10) -> list[SalesOrder]:
    """Return the customer's binding orders that are not closed, as far as ``user`` may see them, newest first."""
    rows = SalesOrder.objects.visible_to(user).filter(partner_id=partner_id, state__in=BINDING)
    return list(rows.order_by("-pk")[:limit])
