"""Checks before the production cost of a period is closed."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.models import ProductionReport, WorkOrder
from erp.selectors.backflushing import open_shortages
from erp.states import WorkOrderState
from finance.models import FiscalPeriod
from finance.selectors.close.base import Check, documents, holds
from finance.selectors.invariants import GOODS
from finance.states import PeriodModule


def finished_orders(period: FiscalPeriod) -> QuerySet[WorkOrder]:
    """Return the orders that were finished in or before the period and are not settled."""
    later = ProductionReport.objects.filter(report_date__gt=period.d1)
    found = WorkOrder.objects.filter(state=WorkOrderState.COMPLETED, start_date__lte=period.d1)
    return found.exclude(pk__in=later.values("work_order"))


CHECKS = (
    Check(
        "finished_orders",
        PeriodModule.PRODUCTION,
        _("Finished work orders are closed, their variance booked"),
        "production",
        documents(finished_orders, date="start_date"),
        lambda period: f"{reverse('erp:work-order-list')}?state=completed",
        _("Close the orders"),
    ),
    Check(
        "backflush_errors",
        PeriodModule.STOCK,
        _("All material that was used up is posted"),
        "production",
        documents(
            lambda period: open_shortages().filter(report_date__lte=period.d1),
            date="report_date",
            detail=lambda row: str(row.get_reason_code_display()),
        ),
        lambda period: reverse("erp:backflush-queue"),
        _("Look at the error queue"),
    ),
    Check(
        "work_in_progress",
        PeriodModule.PRODUCTION,
        _("Work in progress equals the cost of the open orders"),
        "administrator",
        holds(*(one for one in GOODS if one.code == "wip")),
        lambda period: reverse("erp:work-order-list"),
        _("Look at the work orders"),
    ),
)
