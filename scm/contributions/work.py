"""Work that waits in purchasing, and its figures on the dashboard."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Kpi, Work, WorkItems
from erp.selectors.plan_changes import changes_put_to
from erp.selectors.sources import url_of
from scm.models import Requisition
from scm.selectors.purchase_orders import late_orders, open_lines, open_value, orders_expected_on
from scm.selectors.requisitions import lines_to_order, requisitions_to_approve
from scm.selectors.subcontracting import orders_to_supply
from scm.states import RequisitionState


def requisitions_to_decide(user: Any, limit: int) -> Sequence[Work]:
    """Requisitions that wait for a decision."""
    return [
        Work(
            title=f"{row.number} {row.purpose}".strip(),
            url=row.get_absolute_url(),
            subtitle=f"{row.requester} · {row.department}",
            due=row.needed_date,
            overdue=row.needed_date < today(),
        )
        for row in requisitions_to_approve(user)[:limit]
    ]


def open_requisition_lines(user: Any, limit: int) -> Sequence[Work]:
    """Requisition lines that nobody has ordered yet."""
    return [
        Work(
            title=line.what,
            url=f"{reverse('scm:requisition-to-order')}?q={line.requisition.number}",
            subtitle=str(line.requisition),
            due=line.needed_date,
            overdue=line.needed_date < today(),
        )
        for line in lines_to_order(user)[:limit]
    ]


ASKED = ["scm.purchaseorder", "scm.requisition", "scm.subcontractorder"]


def changes_asked(user: Any, limit: int) -> Sequence[Work]:
    """Orders that planning wants changed."""
    return [
        Work(
            f"{row.source_number} {row.get_kind_display()}",
            url_of(row.source_label, row.source_id or 0),
            str(row.item),
            row.new_date,
        )
        for row in changes_put_to(ASKED)[:limit]
    ]


def _order_work(orders: Any, due: dt.date | None, overdue: bool) -> list[Work]:
    return [Work(row.number, row.get_absolute_url(), str(row.partner), due, overdue) for row in orders]


def own_requisitions(user: Any) -> Any:
    """What the user asked for and has not got yet."""
    states = [RequisitionState.DRAFT, RequisitionState.SUBMITTED, RequisitionState.REJECTED, RequisitionState.APPROVED]
    return Requisition.objects.visible_to(user).filter(requester=user, state__in=states)


def my_requisitions(user: Any, limit: int) -> Sequence[Work]:
    """The user's own requisitions with their states."""
    return [
        Work(
            f"{row.number} {row.purpose}".strip(),
            row.get_absolute_url(),
            row.get_state_display(),
            row.needed_date,
            row.needed_date < today(),
        )
        for row in own_requisitions(user).order_by("needed_date", "pk")[:limit]
    ]


def subcontracts_to_supply(user: Any, limit: int) -> Sequence[Work]:
    """Subcontract orders whose supplier waits for material."""
    return [
        Work(row.number, row.get_absolute_url(), f"{row.partner} · {row.item}", row.due_date, row.due_date < today())
        for row in orders_to_supply(user)[:limit]
    ]


def _list_url(name: str, query: str = "") -> Any:
    return lambda: reverse(name) + (f"?{query}" if query else "")


WORK = (
    WorkItems(
        "scm.own_requisitions",
        _("What I asked for"),
        "scm.add_requisition",
        waiting=own_requisitions,
        items=my_requisitions,
        url=_list_url("scm:requisition-list", "mine=true"),
        order=60,
    ),
    WorkItems(
        "scm.changes_asked",
        _("Changes that planning asks for"),
        "scm.revise_purchaseorder",
        waiting=lambda user: changes_put_to(ASKED),
        items=changes_asked,
        url=_list_url("erp:plan-changes", "outcome=proposed"),
        step=4,
        order=69,
    ),
    WorkItems(
        "scm.requisitions_to_approve",
        _("Requisitions to approve"),
        "scm.approve_requisition",
        waiting=requisitions_to_approve,
        items=requisitions_to_decide,
        url=_list_url("scm:requisition-list", "state=submitted"),
        step=4,
        order=30,
    ),
    WorkItems(
        "scm.lines_to_order",
        _("Lines to order"),
        "scm.add_purchaseorder",
        waiting=lines_to_order,
        items=open_requisition_lines,
        url=_list_url("scm:requisition-to-order"),
        step=4,
        order=31,
    ),
    WorkItems(
        "scm.late_orders",
        _("Late purchase orders"),
        "scm.change_purchaseorder",
        waiting=lambda user: late_orders(user, today()),
        items=lambda user, limit: _order_work(late_orders(user, today())[:limit], None, True),
        url=_list_url("scm:purchase-order-list", "late=true"),
        step=4,
        order=32,
    ),
    WorkItems(
        "scm.expected_today",
        _("Deliveries expected today"),
        "scm.add_goodsreceipt",
        waiting=lambda user: orders_expected_on(user, today()),
        items=lambda user, limit: _order_work(orders_expected_on(user, today())[:limit], today(), False),
        url=_list_url("scm:receiving"),
        step=4,
        order=33,
    ),
    WorkItems(
        "scm.subcontracts_to_supply",
        _("Material to send to subcontractors"),
        "scm.send_subcontractorder",
        waiting=orders_to_supply,
        items=subcontracts_to_supply,
        url=_list_url("scm:subcontract-order-list", "state=released"),
        step=4,
        order=34,
    ),
)

KPIS = (
    Kpi(
        "scm.open_value",
        _("Open purchase orders"),
        "masterdata.view_purchase_price",
        value=open_value,
        url=_list_url("scm:purchase-order-list", "state=approved"),
        kind="amount",
        group="purchasing",
    ),
    Kpi(
        "scm.late_lines",
        _("Late deliveries"),
        "scm.view_purchaseorder",
        value=lambda user: open_lines(user).filter(expected__lt=today()),
        url=_list_url("scm:purchase-order-list", "late=true"),
        kind="count",
        group="purchasing",
    ),
    Kpi(
        "scm.to_order",
        _("Lines to order"),
        "scm.view_purchaseorder",
        value=lines_to_order,
        url=_list_url("scm:requisition-to-order"),
        kind="count",
        group="purchasing",
    ),
)
