"""What the global search finds in sales: number, partner (name, pinyin), customer's own number."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, IntegerField, Q, When
from django.utils.translation import gettext_lazy as _

from core.contributions import Hit, SearchSource
from crm.models import DeliveryRequest, Lead, Opportunity, Quotation, ReturnRequest, SalesOrder
from masterdata.selectors.search import partners_matching

SHORTEST = 2


def _finder(model: Any, icon: str, columns: tuple[str, ...], *, partner: str = "partner") -> Callable[..., Any]:
    def search(text: str, user: Any, limit: int) -> Sequence[Hit]:
        text = text.strip()
        if len(text) < SHORTEST:
            return []
        found = Q(number__icontains=text)
        for column in columns:
            found |= Q(**{f"{column}__icontains": text})
        if partner:
            found |= Q(**{f"{partner}__in": partners_matching(text).values("pk")})
        rank = Case(
            When(number__iexact=text, then=0), When(number__icontains=text, then=1), default=2,
            output_field=IntegerField(),
        )  # fmt: skip
        rows = model.objects.visible_to(user).filter(found).annotate(rank=rank).order_by("rank", "-id")
        rows = rows.select_related(partner) if partner else rows
        return [
            Hit(
                str(row),
                row.get_absolute_url(),
                " · ".join([str(getattr(row, partner)) if partner else row.contact_name, row.get_state_display()]),
                icon,
                exact=row.rank == 0,
            )
            for row in rows[:limit]
        ]

    return search


SOURCES = (
    SearchSource(
        "sales-orders",
        _("Sales orders"),
        "crm.view_salesorder",
        _finder(SalesOrder, "shopping-cart", ("customer_po",)),
        30,
    ),
    SearchSource(
        "quotations",
        _("Quotations"),
        "crm.view_quotation",
        _finder(Quotation, "file-text", ("customer_reference",)),
        32,
    ),
    SearchSource(
        "opportunities",
        _("Opportunities"),
        "crm.view_opportunity",
        _finder(Opportunity, "layout-kanban", ("title",)),
        34,
    ),
    SearchSource(
        "leads",
        _("Leads"),
        "crm.view_lead",
        _finder(Lead, "user-search", ("company_name", "contact_name", "phone"), partner=""),
        36,
    ),
    SearchSource(
        "delivery-requests",
        _("Delivery requests"),
        "crm.view_deliveryrequest",
        _finder(DeliveryRequest, "truck-delivery", ("order__number",)),
        38,
    ),
    SearchSource(
        "return-requests",
        _("Return requests"),
        "crm.view_returnrequest",
        _finder(ReturnRequest, "arrow-back-up", ("order__number",)),
        39,
    ),
)
