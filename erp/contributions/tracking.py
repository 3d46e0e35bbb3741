"""What the watch over production shows on other pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Kpi, Navigation, Panel, RelatedDocuments, RowBadges, Work, WorkItems, contribute
from erp.models import TrackingWarning
from erp.selectors.order_progress import late_lines, progress_badges
from erp.selectors.tracking import open_warnings, orders_in_production, warned_orders, warnings_of_user
from erp.states import TrackingKind

SEE = "erp.view_trackingwarning"
SERIOUS = frozenset({TrackingKind.LATE_FINISH, TrackingKind.MISSING_MATERIAL})


def register() -> None:
    """Register the contributions of the watch."""
    contribute(NAVIGATION, WORK, KPI, BADGE, PANEL, *RELATED, FACT)


NAVIGATION = Navigation("production", _("Production tracking"), "erp:tracking", SEE, "radar-2", 5)


def _work(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(
            f"{one.work_order} {one.work_order.item}",
            one.work_order.get_absolute_url(),
            one.get_kind_display(),
            one.work_order.due_date,
            one.kind in SERIOUS,
        )
        for one in warnings_of_user(user)[:limit]
    ]


WORK = WorkItems(
    "erp.tracking",
    _("Production warnings"),
    "erp.check_trackingwarning",
    warnings_of_user,
    _work,
    lambda: f"{reverse('erp:tracking')}?mine=1",
    step=5,
    order=49,
)

KPI = Kpi(
    "erp.tracking",
    _("Production warnings"),
    SEE,
    lambda user: open_warnings(),
    lambda: reverse("erp:tracking"),
    group="production",
    order=5,
)


def _labels(kinds: set[str]) -> list[dict[str, str]]:
    """The kinds of warnings in words, the serious ones first."""
    ranked = sorted(kinds, key=lambda kind: (kind not in SERIOUS, kind))
    return [
        {"label": str(TrackingKind(kind).label), "colour": "red" if kind in SERIOUS else "amber"} for kind in ranked
    ]


def _badges(ids: Sequence[int], user: Any) -> dict[int, tuple[str, str]]:
    found = {}
    for order_id, kinds in warned_orders(ids).items():
        labels = _labels(kinds)
        found[order_id] = (", ".join(one["label"] for one in labels), labels[0]["colour"])
    return found


BADGE = RowBadges("crm.salesorder", "erp_warnings", _("Production warnings"), SEE, _badges, order=41)


def _customer(partner: Any, user: Any) -> dict[str, Any]:
    """How far the customer's open orders have come, and what warns of them."""
    if not partner.is_customer or not user.has_perm("crm.view_salesorder"):
        return {"rows": []}
    orders = orders_in_production(partner.pk, user)
    badges = progress_badges([one.pk for one in orders])
    warned = warned_orders([one.pk for one in orders])
    late = late_lines([one.pk for one in orders])
    return {
        "rows": [
            {
                "order": one,
                "text": badges.get(one.pk, ("", ""))[0],
                "colour": badges.get(one.pk, ("", ""))[1],
                "warnings": _labels(warned.get(one.pk, set())),
                "late": late.get(one.pk, []),
            }
            for one in orders
        ]
    }


PANEL = Panel(
    "masterdata.partner",
    "erp.production",
    _("Orders in production"),
    "erp.view_planverdict",
    "erp/panels/customer_production.html",
    _customer,
    order=25,
    budget=6,
)

RELATED = (
    RelatedDocuments(
        "erp.workorder",
        "erp.warnings",
        _("Production warnings"),
        SEE,
        lambda order, user: TrackingWarning.objects.filter(work_order=order, closed_at__isnull=True).count(),
        lambda order: f"{reverse('erp:tracking')}?work_order={order.pk}",
        icon="radar-2",
        order=15,
    ),
    RelatedDocuments(
        "crm.salesorder",
        "erp.warnings",
        _("Production warnings"),
        SEE,
        lambda order, user: TrackingWarning.objects.filter(
            pk__in=TrackingWarning.objects.filter(hits__order_line__order=order).values("pk"), closed_at__isnull=True
        ).count(),
        lambda order: f"{reverse('erp:tracking')}?sales_order={order.pk}",
        icon="radar-2",
        order=21,
    ),
)

FACT = Fact(_("Production warning"), "erp", 5)
