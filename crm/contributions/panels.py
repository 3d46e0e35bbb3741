"""What sales shows on the customer's page, and the smart buttons between its documents."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Panel, RelatedDocuments
from crm.models import DeliveryRequest, Lead, Opportunity, Quotation, ReturnRequest, SalesOrder
from crm.selectors.fulfilment import fulfilment_label, with_fulfilment
from crm.states import LeadState, OpportunityState, QuotationState, SalesOrderState
from masterdata.models import Partner
from masterdata.selectors.merging import keys_of_family

SHOWN = 8
PARTNER = "masterdata.partner"


def _address(name: str, partner: Partner) -> str:
    return f"{reverse(name)}?partner={partner.pk}"


def _context(partner: Partner, user: Any, rows: list[Any], kind: str, right: str) -> dict[str, Any]:
    may_create = partner.is_customer and partner.is_active and user.has_perm(right)
    return {
        "rows": rows,
        "all_url": _address(f"crm:{kind}-list", partner) if len(rows) == SHOWN else "",
        "new_url": _address(f"crm:{kind}-create", partner) if may_create else "",
    }


def _orders(partner: Partner, user: Any) -> dict[str, Any]:
    orders = with_fulfilment(SalesOrder.objects.visible_to(user).filter(partner__in=keys_of_family(partner.pk)))
    rows = list(orders.select_related("currency").order_by("-document_date", "-id")[:SHOWN])
    for row in rows:
        row.fulfilment_text = fulfilment_label(row.fulfilment)
    return _context(partner, user, rows, "sales-order", "crm.add_salesorder")


def _quotations(partner: Partner, user: Any) -> dict[str, Any]:
    rows = Quotation.objects.visible_to(user).filter(partner__in=keys_of_family(partner.pk)).select_related("currency")
    return _context(partner, user, list(rows.order_by("-id")[:SHOWN]), "quotation", "crm.add_quotation")


def _opportunities(partner: Partner, user: Any) -> dict[str, Any]:
    rows = (
        Opportunity.objects.visible_to(user)
        .filter(partner__in=keys_of_family(partner.pk))
        .select_related("currency", "stage")
    )
    return _context(partner, user, list(rows.order_by("-id")[:SHOWN]), "opportunity", "crm.add_opportunity")


PANELS = (
    Panel(PARTNER, "orders", _("Sales orders"), "crm.view_salesorder", "crm/panels/_orders.html", _orders, 10),
    Panel(PARTNER, "quotations", _("Quotations"), "crm.view_quotation", "crm/panels/_quotations.html", _quotations, 12),
    Panel(
        PARTNER,
        "opportunities",
        _("Opportunities"),
        "crm.view_opportunity",
        "crm/panels/_opportunities.html",
        _opportunities,
        14,
    ),
)


def _button(page: str, kind: str, label: Any, model: Any, *, column: str, icon: str, order: int) -> RelatedDocuments:
    right = f"crm.view_{model._meta.model_name}"

    def count(document: Any, user: Any) -> int:
        return int(model.objects.visible_to(user).filter(**{column: document.pk}).count())

    def url(document: Any) -> str:
        return f"{reverse(f'crm:{kind}-list')}?{column.removesuffix('_id')}={document.pk}"

    return RelatedDocuments(page, kind, label, right, count, url, icon, order)


MERGE = "masterdata.partner.merge"


def _unfinished(kind: str, label: Any, model: Any, state: str) -> RelatedDocuments:
    """What the page of a merge shows of the duplicate: drafts that nobody goes on with once it is closed."""

    def count(partner: Partner, user: Any) -> int:
        return int(model.objects.visible_to(user).filter(partner=partner, state=state).count())

    def url(partner: Partner) -> str:
        return f"{_address(f'crm:{kind}-list', partner)}&state={state}"

    return RelatedDocuments(MERGE, kind, label, f"crm.view_{model._meta.model_name}", count, url)


UNFINISHED = (
    _unfinished("lead", _("New leads"), Lead, LeadState.NEW),
    _unfinished("opportunity", _("Open opportunities"), Opportunity, OpportunityState.OPEN),
    _unfinished("quotation", _("Draft quotations"), Quotation, QuotationState.DRAFT),
    _unfinished("sales-order", _("Draft sales orders"), SalesOrder, SalesOrderState.DRAFT),
)

BUTTONS = (
    *UNFINISHED,
    _button(PARTNER, "sales-order", _("Sales orders"), SalesOrder, column="partner_id", icon="shopping-cart", order=10),
    _button(PARTNER, "quotation", _("Quotations"), Quotation, column="partner_id", icon="file-text", order=20),
    _button(
        "crm.salesorder",
        "delivery-request",
        _("Deliveries"),
        DeliveryRequest,
        column="order_id",
        icon="truck-delivery",
        order=10,
    ),
    _button(
        "crm.salesorder",
        "return-request",
        _("Returns"),
        ReturnRequest,
        column="order_id",
        icon="arrow-back-up",
        order=40,
    ),
)
