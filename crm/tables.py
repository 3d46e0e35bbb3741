"""The lists of sales."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, StateColumn
from crm.models import (
    Campaign,
    DeliveryRequest,
    Lead,
    Opportunity,
    OpportunityStage,
    Quotation,
    ReturnRequest,
    SalesOrder,
)
from crm.selectors.fulfilment import fulfilment_label
from crm.states import QuotationState

LINKED = {"linkify": True, "attrs": {"td": {"class": "text-nowrap"}}}


class FulfilmentColumn(tables.Column):
    """待发货, 部分发货, 已发货, 已签收."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Delivery"), accessor="fulfilment", orderable=False, empty_values=())

    def render(self, value: str) -> str:
        if not value:
            return ""
        return format_html('<span class="badge state-badge" data-state="{}">{}</span>', value, fulfilment_label(value))

    def value(self, value: str) -> str:
        return str(fulfilment_label(value))


class ValidUntilColumn(DateColumn):
    """The end of validity, marked when a sent quotation has passed it."""

    def render(self, value: Any, record: Quotation) -> str:
        text = super().render(value)
        if not hasattr(self, "_today"):
            self._today = today()  # once for the whole list
        if record.state == QuotationState.SENT and value < self._today:
            return format_html('<span class="text-danger" title="{}">{}</span>', _("Expired"), text)
        return text


class LeadTable(DocumentTable):
    """Leads."""

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    next_contact_date = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Lead
        fields = (
            "number",
            "document_date",
            "company_name",
            "contact_name",
            "phone",
            "interest",
            "source",
            "campaign",
            "next_contact_date",
            "owner",
            "state",
        )


class OpportunityTable(DocumentTable):
    """Opportunities."""

    TOTALS = ("amount",)
    TOTALS_APART = ("currency__code",)

    number = tables.Column(**LINKED)
    amount = AmountColumn()
    probability = QuantityColumn()
    expected_date = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Opportunity
        fields = (
            "number",
            "title",
            "partner",
            "stage",
            "probability",
            "amount",
            "currency",
            "expected_date",
            "owner",
            "state",
        )


class QuotationTable(DocumentTable):
    """Quotations."""

    TOTALS = ("gross_amount",)
    TOTALS_APART = ("currency__code",)

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    valid_until = ValidUntilColumn()
    gross_amount = AmountColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = Quotation
        fields = (
            "number",
            "document_date",
            "partner",
            "customer_reference",
            "valid_until",
            "gross_amount",
            "currency",
            "owner",
            "state",
        )


class SalesOrderTable(DocumentTable):
    """Sales orders."""

    ON_WISH = ("customer_po",)
    TOTALS = ("gross_amount",)
    TOTALS_APART = ("currency__code",)

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    requested_date = DateColumn()
    customer_po = tables.Column(verbose_name=_("Customer PO"))
    fulfilment = FulfilmentColumn()
    gross_amount = AmountColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = SalesOrder
        fields = (
            "number",
            "document_date",
            "partner",
            "customer_po",
            "requested_date",
            "fulfilment",
            "gross_amount",
            "currency",
            "owner",
            "state",
        )


class DeliveryRequestTable(DocumentTable):
    """Delivery requests."""

    number = tables.Column(**LINKED)
    order = tables.Column(linkify=True)
    ship_date = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = DeliveryRequest
        fields = ("number", "order", "partner", "ship_date", "warehouse", "owner", "state")


class ReturnRequestTable(DocumentTable):
    """Return requests."""

    number = tables.Column(**LINKED)
    order = tables.Column(linkify=True)
    document_date = DateColumn()
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = ReturnRequest
        fields = ("number", "order", "document_date", "partner", "reason", "owner", "state")


class CampaignTable(DocumentTable):
    """Campaigns with what came of them."""

    code = tables.Column(**LINKED)
    start_date = DateColumn()
    end_date = DateColumn()
    budget = AmountColumn()
    leads = tables.Column(verbose_name=_("Leads"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    ordered = AmountColumn(verbose_name=_("Ordered (net, base currency)"))

    class Meta(DocumentTable.Meta):
        model = Campaign
        fields = ("code", "name", "name_zh", "start_date", "end_date", "budget", "leads", "ordered", "is_active")


class StageTable(DocumentTable):
    """Sales stages."""

    code = tables.Column(**LINKED)
    probability = QuantityColumn()

    class Meta(DocumentTable.Meta):
        model = OpportunityStage
        fields = ("sequence", "code", "name", "name_zh", "probability", "is_active")
