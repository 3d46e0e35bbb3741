"""What waits for sales in My work."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import Work, WorkItems
from core.formats import readable
from crm.models import DeliveryRequest, Lead, Quotation, ReturnRequest, SalesOrder
from crm.selectors.fulfilment import DELIVERS_WITHIN, due_orders
from crm.states import DeliveryRequestState, LeadState, QuotationState, ReturnRequestState

EXPIRES_WITHIN = dt.timedelta(days=7)


def _leads(user: Any) -> QuerySet[Lead]:
    due = Q(next_contact_date__isnull=True) | Q(next_contact_date__lte=today())
    return Lead.objects.visible_to(user).filter(due, state=LeadState.NEW)


def _lead_items(user: Any, limit: int) -> Sequence[Work]:
    rows = _leads(user).order_by(F("next_contact_date").asc(nulls_last=True), "id")[:limit]
    return [
        Work(str(row), row.get_absolute_url(), row.interest, row.next_contact_date, _is_past(row.next_contact_date))
        for row in rows
    ]


def _expiring(user: Any) -> QuerySet[Quotation]:
    rows = Quotation.objects.visible_to(user)
    return rows.filter(state=QuotationState.SENT, valid_until__lte=today() + EXPIRES_WITHIN)


def _expiring_items(user: Any, limit: int) -> Sequence[Work]:
    rows = _expiring(user).select_related("partner").order_by("valid_until", "id")[:limit]
    return [
        Work(str(row), row.get_absolute_url(), str(row.partner), row.valid_until, _is_past(row.valid_until))
        for row in rows
    ]


def _drafts(user: Any) -> QuerySet[SalesOrder]:
    return SalesOrder.objects.visible_to(user).filter(state="draft")


def _draft_items(user: Any, limit: int) -> Sequence[Work]:
    rows = _drafts(user).select_related("partner").order_by("id")[:limit]
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.requested_date) for row in rows]


def _to_release(user: Any) -> QuerySet[SalesOrder]:
    return due_orders(SalesOrder.objects.visible_to(user), today() + DELIVERS_WITHIN)


def _to_release_items(user: Any, limit: int) -> Sequence[Work]:
    rows = _to_release(user).select_related("partner").order_by("due", "id")[:limit]
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.due, _is_past(row.due)) for row in rows]


def _draft_requests(user: Any) -> QuerySet[DeliveryRequest]:
    return DeliveryRequest.objects.visible_to(user).filter(state=DeliveryRequestState.DRAFT)


def _draft_request_items(user: Any, limit: int) -> Sequence[Work]:
    rows = _draft_requests(user).select_related("partner", "order").order_by("ship_date", "id")[:limit]
    return [
        Work(str(row), row.get_absolute_url(), f"{row.order} · {row.partner}", row.ship_date, _is_past(row.ship_date))
        for row in rows
    ]


def _returns(user: Any) -> QuerySet[ReturnRequest]:
    return ReturnRequest.objects.visible_to(user).filter(state=ReturnRequestState.DRAFT)


def _return_items(user: Any, limit: int) -> Sequence[Work]:
    rows = _returns(user).select_related("partner").order_by("id")[:limit]
    return [
        Work(
            str(row),
            row.get_absolute_url(),
            gettext("%(partner)s, of %(day)s") % {"partner": row.partner, "day": readable(row.document_date)},
        )
        for row in rows
    ]


def _is_past(day: dt.date | None) -> bool:
    return day is not None and day < today()


def _queue(key: str, label: Any, right: str, rows: Any, **rest: Any) -> WorkItems:
    return WorkItems(key, label, right, rows, **rest)


def _list(name: str, query: str) -> Any:
    return lambda: f"{reverse(name)}?{query}"


QUEUES = (
    _queue(
        "leads-to-follow",
        _("Leads to follow up"),
        "crm.change_lead",
        _leads,
        items=_lead_items,
        url=_list("crm:lead-list", "due=true"),
        step=1,
        order=10,
    ),
    _queue(
        "quotations-expiring",
        _("Quotations that expire"),
        "crm.send_quotation",
        _expiring,
        items=_expiring_items,
        url=_list("crm:quotation-list", "expiring=true"),
        step=1,
        order=11,
    ),
    _queue(
        "orders-to-confirm",
        _("Orders to confirm"),
        "crm.confirm_salesorder",
        _drafts,
        items=_draft_items,
        url=_list("crm:sales-order-list", "state=draft"),
        step=2,
        order=12,
    ),
    _queue(
        "orders-to-deliver",
        _("Orders to release for delivery"),
        "crm.release_deliveryrequest",
        _to_release,
        items=_to_release_items,
        url=_list("crm:sales-order-list", "due=true"),
        step=6,
        order=13,
    ),
    _queue(
        "deliveries-to-release",
        _("Delivery requests to release"),
        "crm.release_deliveryrequest",
        _draft_requests,
        items=_draft_request_items,
        url=_list("crm:delivery-request-list", "state=draft"),
        step=6,
        order=14,
    ),
    _queue(
        "returns-to-approve",
        _("Returns to approve"),
        "crm.approve_returnrequest",
        _returns,
        items=_return_items,
        url=_list("crm:return-request-list", "state=draft"),
        order=15,
    ),
)
