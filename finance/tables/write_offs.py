"""Tables of write-offs, of receipts not invoiced, of provision runs and tolerances."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, SelectColumn, StateColumn
from finance.models import AccruedCharge, GrniLine, MatchTolerance, ProvisionRun, WriteOff
from finance.tables.columns import link_column


class WriteOffTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    document_date = DateColumn()
    amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = WriteOff
        fields = ("number", "document_date", "kind", "partner", "reason", "amount", "owner", "state")


class GrniTable(DocumentTable):
    select = SelectColumn()
    receipt = tables.Column(verbose_name=_("goods receipt"), linkify=lambda record: record.receipt.get_absolute_url())
    purchase_order = tables.Column(
        verbose_name=_("purchase order"), linkify=lambda record: record.purchase_order.get_absolute_url()
    )
    received_date = DateColumn()
    days = tables.Column(empty_values=(), orderable=False, verbose_name=_("days"), attrs={"td": {"class": "num"}})
    open_quantity = QuantityColumn(verbose_name=_("open quantity"))
    open_amount = AmountColumn(verbose_name=_("open in base currency"))

    class Meta(DocumentTable.Meta):
        model = GrniLine
        fields = (
            "select",
            "receipt",
            "purchase_order",
            "partner",
            "item",
            "received_date",
            "days",
            "open_quantity",
            "open_amount",
        )

    def render_days(self, record: GrniLine) -> int:
        return (today() - record.received_date).days


class OpeningReceiptTable(DocumentTable):
    """Receipts older than the books: what came, what the supplier has invoiced of it since."""

    receipt = tables.Column(linkify=lambda record: record.receipt.get_absolute_url())
    received_date = DateColumn()
    received_quantity = QuantityColumn(verbose_name=_("not invoiced when the books began"))
    received_amount = AmountColumn()
    invoiced_amount = AmountColumn()
    open_quantity = QuantityColumn(verbose_name=_("open quantity"))
    open_amount = AmountColumn(verbose_name=_("open in base currency"))

    class Meta(DocumentTable.Meta):
        model = GrniLine
        fields = (
            "receipt",
            "partner",
            "item",
            "received_date",
            "received_quantity",
            "received_amount",
            "invoiced_amount",
            "open_quantity",
            "open_amount",
        )


class AccruedChargeTable(DocumentTable):
    select = SelectColumn()
    landed_cost = tables.Column(
        verbose_name=_("Landed cost"), linkify=lambda record: record.landed_cost.get_absolute_url()
    )
    charge = tables.Column(accessor="charge__get_kind_display", verbose_name=_("Charge"), orderable=False)
    description = tables.Column(accessor="charge__description", verbose_name=_("Description"))
    accrued_date = DateColumn()
    amount = AmountColumn()
    currency = tables.Column(accessor="currency__code", verbose_name=_("currency"))
    accrued_amount = AmountColumn()
    invoiced_amount = AmountColumn()
    open_amount = AmountColumn(verbose_name=_("Open"))

    class Meta(DocumentTable.Meta):
        model = AccruedCharge
        fields = (
            "select",
            "landed_cost",
            "charge",
            "partner",
            "accrued_date",
            "amount",
            "currency",
            "accrued_amount",
            "invoiced_amount",
            "open_amount",
            "description",
        )


class ProvisionTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    document_date = DateColumn()
    needed_amount = AmountColumn()
    standing_amount = AmountColumn()
    difference = AmountColumn(verbose_name=_("to be booked"))

    class Meta(DocumentTable.Meta):
        model = ProvisionRun
        fields = ("number", "document_date", "needed_amount", "standing_amount", "difference", "state")


class ToleranceTable(DocumentTable):
    partner = tables.Column(
        verbose_name=_("supplier"),
        empty_values=(),
        linkify=lambda record: reverse("finance:tolerance-edit", args=[record.pk]),
    )
    quantity_percent = QuantityColumn()
    price_percent = QuantityColumn()
    total_amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = MatchTolerance
        fields = ("partner", "quantity_percent", "price_percent", "total_amount")

    def render_partner(self, record: MatchTolerance) -> str:
        return str(record)
