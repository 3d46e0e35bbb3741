"""What stock control, holds and stock reports show on other pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Fact, Kpi, Navigation, Panel, RelatedDocuments, Work, WorkItems, contribute
from erp.models import Reservation
from erp.selectors import panels
from erp.selectors.demand import holds_for
from erp.selectors.slow_stock import slow_value
from erp.selectors.stock_limits import low_states


def register() -> None:
    """Register the contributions of stock control."""
    contribute(*NAVIGATION, *PANELS, *RELATED, *WORK, *KPIS, *FACTS)


NAVIGATION = (
    Navigation(
        "warehouse", _("Reservations"), "erp:reservation-list", "erp.view_reservation", "lock", 56, section="inquiries"
    ),
    Navigation(
        "warehouse",
        _("Stock as of a date"),
        "erp:stock-as-of",
        "erp.view_stockmove",
        "calendar-stats",
        62,
        section="inquiries",
    ),
    Navigation(
        "warehouse",
        _("Slow-moving stock"),
        "erp:slow-stock",
        "erp.view_stockmove",
        "hourglass",
        64,
        section="inquiries",
    ),
    Navigation(
        "warehouse",
        _("Turnover of stock"),
        "erp:stock-turnover",
        "erp.view_stockmove",
        "rotate",
        66,
        section="inquiries",
    ),
    Navigation(
        "warehouse",
        _("Stock limits"),
        "erp:stock-limit-list",
        "erp.view_stocklimit",
        "arrows-vertical",
        82,
        section="control",
    ),
    Navigation(
        "warehouse", _("ABC classes"), "erp:item-class-list", "erp.view_itemclass", "abc", 84, section="control"
    ),
    Navigation("settings", _("Stock settings"), "erp:stock-settings", "erp.configure_stock", "adjustments", 60),
)

PANELS = (
    Panel(
        "crm.quotation",
        "erp.hold",
        _("Stock held"),
        "erp.view_stockbalance",
        "erp/panels/quotation_hold.html",
        panels.hold_of,
        order=10,
        budget=2,
    ),
)


def _reserved(**query: Any) -> str:
    return f"{reverse('erp:reservation-list')}?{urlencode(query)}"


RELATED = (
    RelatedDocuments(
        "crm.salesorder",
        "erp.reservations",
        _("Reservations"),
        "erp.view_reservation",
        lambda order, user: Reservation.objects.filter(
            demand__source_label="crm.salesorder", demand__source_id=order.pk
        ).count(),
        lambda order: _reserved(source_label="crm.salesorder", source_id=order.pk),
        icon="lock",
        order=25,
    ),
    RelatedDocuments(
        "masterdata.item",
        "erp.reservations",
        _("Reservations"),
        "erp.view_reservation",
        lambda item, user: Reservation.objects.filter(demand__item=item).count(),
        lambda item: _reserved(item=item.pk),
        icon="lock",
        order=25,
    ),
)


def _hold_work(user: Any, limit: int) -> Sequence[Work]:
    return [
        Work(f"{one.number} {one.partner}", one.get_absolute_url(), "", one.expires_on, one.expires_on < today())
        for one in holds_for(user)[:limit]
    ]


def _low_work(user: Any, limit: int) -> Sequence[Work]:
    return [Work(str(one.limit.item), one.get_absolute_url(), str(one.limit.warehouse)) for one in low_states()[:limit]]


WORK = (
    WorkItems(
        "erp.holds",
        _("Stock held for my quotations"),
        "erp.hold_stock",
        holds_for,
        _hold_work,
        lambda: _reserved(kind="hold"),
        order=35,
    ),
    WorkItems(
        "erp.limits",
        _("Items that run low"),
        "erp.replenish_stocklimit",
        lambda user: len(low_states()),
        _low_work,
        lambda: f"{reverse('erp:stock-breaches')}?{urlencode({'breach': 'low'})}",
        order=68,
    ),
)

KPIS = (
    Kpi(
        "erp.slow_value",
        _("Value of slow-moving stock"),
        "masterdata.view_cost",
        lambda user: slow_value(),
        lambda: reverse("erp:slow-stock"),
        kind="amount",
        group="warehouse",
        order=12,
    ),
)

FACTS = (
    Fact(_("Hold for a quotation"), "erp", 1),
    Fact(_("ABC class, stock limits, provision bands"), "erp"),
)
