"""What engineering, planning and production show on other pages."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.context import once_a_page
from core.contributions import (
    Chart,
    Fact,
    Hit,
    Kpi,
    Navigation,
    Panel,
    RelatedDocuments,
    RowBadges,
    SearchSource,
    Work,
    WorkItems,
    contribute,
)
from core.formats import readable
from crm.models import SalesOrder
from erp.contributions import bom_files
from erp.models import Bom, WorkOrder
from erp.selectors import production_figures as figures
from erp.selectors.order_progress import LineProgress, progress_badges, progress_of_order
from erp.selectors.plan import late_verdicts, planned_orders, to_firm
from erp.selectors.tracking import warnings_of_order
from erp.states import PlannedSupply

ORDERS = "erp:work-order-list"


def register() -> None:
    """Register the contributions of the make half."""
    contribute(*NAVIGATION, *PANELS, *RELATED, *WORK, *SEARCH, *KPIS, *CHARTS, *FACTS, bom_files.BOMS)


def _listed(url_name: str, **query: Any) -> str:
    return f"{reverse(url_name)}?{urlencode(query, doseq=True)}"


NAVIGATION = (
    Navigation("planning", _("Plan"), "erp:plan", "erp.view_plannedorder", "calendar-stats", 10),
    Navigation("planning", _("Shortages"), "erp:shortages", "erp.view_plannedorder", "alert-triangle", 20),
    Navigation("planning", _("Late orders"), "erp:late-lines", "erp.view_planverdict", "clock-exclamation", 30),
    Navigation(
        "planning",
        _("Planning settings"),
        "erp:planning-settings",
        "erp.configure_planning",
        "adjustments",
        90,
        section="rules",
    ),
    Navigation("production", _("Work orders"), ORDERS, "erp.view_workorder", "tool", 10),
    Navigation("production", _("Shop floor"), "erp:shop-floor", "erp.report_workorder", "device-mobile", 20),
    Navigation(
        "production", _("Bills of material"), "erp:bom-list", "erp.view_bom", "hierarchy", 30, section="engineering"
    ),
    Navigation(
        "production", _("Substitutes"), "erp:substitute-list", "erp.view_bom", "replace", 32, section="engineering"
    ),
)


def _order_panel(order: Any, user: Any) -> dict[str, Any]:
    rows = _progress(order)
    warned = warnings_of_order(order.pk) if user.has_perm("erp.view_trackingwarning") else {}
    return {
        "rows": [(row, warned.get(row.line.pk, [])) for row in rows],
        "sees_orders": user.has_perm("erp.view_workorder"),
    }


def _late_panel(order: Any, user: Any) -> dict[str, Any]:
    return {
        "late": [row for row in _progress(order) if row.verdict is not None and row.verdict.days_late > 0],
        "sees_shortages": user.has_perm("erp.view_plannedorder"),
        "may_change": user.has_perm("crm.revise_salesorder"),
    }


def _progress(order: Any) -> list[LineProgress]:
    """The open lines of an order, read once for all that its page says of them."""
    return once_a_page(f"erp.order_progress.{order.pk}", lambda: progress_of_order(order.pk))


PANELS = (
    Panel(
        "crm.salesorder",
        "erp.plan",
        _("Plan and production"),
        "erp.view_planverdict",
        "erp/panels/order_plan.html",
        _order_panel,
        order=10,
        budget=6,
    ),
    Panel(
        "crm.salesorder",
        "erp.late",
        _("Late"),
        "erp.view_planverdict",
        "erp/panels/order_late.html",
        _late_panel,
        order=5,
        budget=5,
        is_notice=True,
    ),
    RowBadges(
        "crm.salesorder",
        "erp_production",
        _("Production"),
        "erp.view_planverdict",
        lambda ids, user: progress_badges(ids),
        order=40,
    ),
)

RELATED = (
    RelatedDocuments(
        "crm.salesorder",
        "erp.workorders",
        _("Work orders"),
        "erp.view_workorder",
        lambda order, user: WorkOrder.objects.filter(sales_order_line__order=order).count(),
        lambda order: _listed(ORDERS, sales_order=order.pk),
        icon="tool",
        order=20,
    ),
    RelatedDocuments(
        "masterdata.item",
        "erp.structure",
        _("Bills of material"),
        "erp.view_bom",
        lambda item, user: Bom.objects.filter(item=item).count() + Bom.objects.filter(lines__component=item).count(),
        lambda item: reverse("erp:item-structure", args=[item.pk]),
        icon="hierarchy",
        order=20,
    ),
    RelatedDocuments(
        "masterdata.item",
        "erp.workorders",
        _("Work orders"),
        "erp.view_workorder",
        lambda item, user: WorkOrder.objects.filter(item=item).count(),
        lambda item: _listed(ORDERS, item=item.pk),
        icon="tool",
        order=30,
    ),
    RelatedDocuments(
        "masterdata.item",
        "erp.planned",
        _("Planned orders"),
        "erp.view_plannedorder",
        lambda item, user: planned_orders().filter(item=item).count(),
        lambda item: _listed("erp:plan", item=item.pk),
        icon="calendar-stats",
        order=40,
    ),
)


def _orders_work(
    key: str, label: Any, right: str, *, rows: Callable[[], QuerySet[WorkOrder]], query: dict[str, Any], order: int
) -> WorkItems:
    """A queue of work orders."""

    def items(user: Any, limit: int) -> Sequence[Work]:
        return [
            Work(f"{one.number} {one.item}", one.get_absolute_url(), "", one.due_date, one.due_date < today())
            for one in rows()[:limit]
        ]

    return WorkItems(
        key, label, right, lambda user: rows(), items, lambda: _listed(ORDERS, **query), step=5, order=order
    )


def _firm_work(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(
            f"{one.item.code} {one.get_supply_type_display()}",
            reverse("erp:planned-order", args=[one.identity]),
            f"{one.item.label()} · {readable(one.quantity)} {one.item.uom}",
            one.start_date,
            one.is_past_due,
        )
        for one in to_firm()[:limit]
    ]


def _late_rows(user: Any) -> Any:
    return late_verdicts().filter(order_line__order__in=SalesOrder.objects.visible_to(user))


def _late_work(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(
            f"{one.order_line.order} {one.order_line.item}",
            reverse("erp:pegging", args=[one.order_line_id]),
            str(one.order_line.order.partner),
            one.due_date,
            True,
        )
        for one in _late_rows(user)[:limit]
    ]


WORK = (
    WorkItems(
        "erp.tofirm",
        _("Planned orders to firm"),
        "erp.firm_plannedorder",
        lambda user: to_firm(),
        _firm_work,
        lambda: reverse("erp:plan"),
        step=3,
        order=30,
    ),
    WorkItems(
        "erp.latelines",
        _("Order lines that will be late"),
        "erp.view_planverdict",
        _late_rows,
        _late_work,
        lambda: reverse("erp:late-lines"),
        step=3,
        order=31,
    ),
    _orders_work(
        "erp.torelease",
        _("Work orders to release"),
        "erp.release_workorder",
        rows=figures.work_orders_to_release,
        query={"state": "draft"},
        order=50,
    ),
    _orders_work(
        "erp.tosupply",
        _("Work orders that wait for material"),
        "erp.issue_workorder",
        rows=figures.work_orders_to_supply,
        query={"state": ["released", "in_progress"]},
        order=51,
    ),
    _orders_work(
        "erp.toclose",
        _("Work orders to close"),
        "erp.close_workorder",
        rows=figures.work_orders_to_close,
        query={"state": "completed"},
        order=52,
    ),
)


def _find_orders(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = WorkOrder.objects.filter(number__icontains=text).select_related("item").order_by("-pk")
    return [
        Hit(
            f"{one.number} {one.item}",
            one.get_absolute_url(),
            one.get_state_display(),
            "tool",
            one.number.lower() == text.lower(),
        )
        for one in rows[:limit]
    ]


def _find_boms(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = Bom.objects.filter(number__icontains=text).select_related("item").order_by("-pk")
    return [
        Hit(
            f"{one.number} {one.item}",
            one.get_absolute_url(),
            one.get_state_display(),
            "hierarchy",
            one.number.lower() == text.lower(),
        )
        for one in rows[:limit]
    ]


SEARCH = (
    SearchSource("erp.workorder", _("Work orders"), "erp.view_workorder", _find_orders, 41),
    SearchSource("erp.bom", _("Bills of material"), "erp.view_bom", _find_boms, 62),
)

KPIS = (
    Kpi(
        "erp.late_lines",
        _("Order lines that will be late"),
        "erp.view_planverdict",
        _late_rows,
        lambda: reverse("erp:late-lines"),
        group="planning",
        order=10,
    ),
    Kpi(
        "erp.to_firm",
        _("Planned orders to firm within a week"),
        "erp.view_plannedorder",
        lambda user: to_firm(),
        lambda: reverse("erp:plan"),
        group="planning",
        order=20,
    ),
    Kpi(
        "erp.late_work_orders",
        _("Late work orders"),
        "erp.view_workorder",
        lambda user: figures.late_work_orders(),
        lambda: _listed(ORDERS, late=1),
        group="production",
        order=10,
    ),
    Kpi(
        "erp.value_in_process",
        _("Value in process"),
        "masterdata.view_cost",
        lambda user: figures.value_in_process(),
        lambda: _listed(ORDERS, state="in_progress"),
        kind="amount",
        group="production",
        order=20,
    ),
)


def _received_chart(user: Any) -> dict[str, Any]:
    rows = figures.received_value_by_week()
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [day.isoformat()[5:] for day, _value in rows]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "data": [str(value) for _day, value in rows]}],
    }


def _release_chart(user: Any) -> dict[str, Any]:
    rows = figures.planned_releases_by_week()
    kinds = [(kind, str(label)) for kind, label in PlannedSupply.choices]
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {},
        "xAxis": {"type": "category", "data": [day.isoformat()[5:] for day, _counts in rows]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"type": "bar", "stack": "orders", "name": label, "data": [counts.get(kind, 0) for _day, counts in rows]}
            for kind, label in kinds
            if any(counts.get(kind) for _day, counts in rows)
        ],
    }


CHARTS = (
    Chart(
        "erp.releases",
        _("Planned orders to release by week"),
        "erp.view_plannedorder",
        _release_chart,
        lambda: reverse("erp:plan"),
        group="planning",
        order=10,
    ),
    Chart(
        "erp.received",
        _("Received from production by week"),
        "masterdata.view_cost",
        _received_chart,
        lambda: reverse(ORDERS),
        group="production",
        order=10,
    ),
)

FACTS = (
    Fact(_("Bill of material"), "erp", 3),
    Fact(_("Plan, planned order and plan verdict"), "erp", 3),
    Fact(_("Work order, material issued, work reported, production receipt"), "erp", 5),
)
