"""Tables of the app's lists."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.permissions import may_view_field
from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, StateColumn
from scm.models import (
    GoodsReceipt,
    LandedCost,
    PurchaseOrder,
    Requisition,
    SubcontractChargeBack,
    SubcontractOrder,
    SupplierReturn,
)


def link_column(label: object) -> tables.Column:
    """The first column: the number, also a link for keyboards and screens without script."""
    return tables.Column(verbose_name=label, linkify=lambda record: record.get_absolute_url())


class CountColumn(tables.Column):
    """How many lines of how many are done: ``3 / 5``."""

    attrs = {"td": {"class": "num"}, "th": {"class": "num"}}

    def __init__(self, total: str, **kwargs: object) -> None:
        super().__init__(orderable=False, **kwargs)
        self.total = total

    def render(self, record: object, bound_column: tables.columns.BoundColumn) -> str:
        done, every = getattr(record, bound_column.name), getattr(record, self.total)
        colour = "text-success" if every and done == every else ""
        return format_html('<span class="{}">{} / {}</span>', colour, done, every)

    def value(self, record: object, bound_column: tables.columns.BoundColumn) -> str:
        return f"{getattr(record, bound_column.name)}/{getattr(record, self.total)}"


class RequisitionTable(DocumentTable):
    number = link_column(_("Number"))
    state = StateColumn()
    document_date = DateColumn()
    needed_date = DateColumn()
    ordered_count = CountColumn("line_count", verbose_name=_("Ordered"))
    received_count = CountColumn("line_count", verbose_name=_("Received"))

    class Meta(DocumentTable.Meta):
        model = Requisition
        fields = (
            "number",
            "document_date",
            "department",
            "requester",
            "purpose",
            "needed_date",
            "origin",
            "state",
            "ordered_count",
            "received_count",
        )


class PurchaseOrderTable(DocumentTable):
    TOTALS = ("gross_amount",)
    TOTALS_APART = ("currency__code",)

    number = link_column(_("Number"))
    partner = tables.Column(verbose_name=_("Supplier"))
    state = StateColumn()
    document_date = DateColumn()
    done_count = CountColumn("line_count", verbose_name=_("Received"))
    gross_amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = PurchaseOrder
        fields = (
            "number",
            "document_date",
            "partner",
            "supplier_reference",
            "owner",
            "state",
            "done_count",
            "gross_amount",
            "currency",
        )


class GoodsReceiptTable(DocumentTable):
    number = link_column(_("Number"))
    partner = tables.Column(verbose_name=_("Supplier"))
    state = StateColumn()
    document_date = DateColumn()

    class Meta(DocumentTable.Meta):
        model = GoodsReceipt
        fields = ("number", "document_date", "order", "partner", "delivery_note", "warehouse", "owner", "state")


class SupplierReturnTable(DocumentTable):
    number = link_column(_("Number"))
    partner = tables.Column(verbose_name=_("Supplier"))
    state = StateColumn()
    document_date = DateColumn()

    class Meta(DocumentTable.Meta):
        model = SupplierReturn
        fields = ("number", "document_date", "receipt", "order", "partner", "reason", "settlement", "state")


class LandedCostTable(DocumentTable):
    TOTALS = ("total_amount",)
    TOTALS_APART = ("currency__code",)

    number = link_column(_("Number"))
    state = StateColumn()
    document_date = DateColumn()
    total_amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = LandedCost
        fields = ("number", "document_date", "partner", "reference", "owner", "state", "total_amount", "currency")


class SubcontractOrderTable(DocumentTable):
    number = link_column(_("Number"))
    partner = tables.Column(verbose_name=_("Supplier"))
    state = StateColumn()
    document_date = DateColumn()
    due_date = DateColumn()
    quantity = QuantityColumn()
    unit = tables.Column(accessor="item__uom", verbose_name=_("Unit"), orderable=False)
    fee = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = SubcontractOrder
        fields = (
            "number",
            "document_date",
            "partner",
            "item",
            "quantity",
            "unit",
            "fee",
            "currency",
            "due_date",
            "purchase_order",
            "state",
        )


class ChargeBackTable(DocumentTable):
    TOTALS = ("amount",)

    order = tables.Column(verbose_name=_("Subcontract order"), linkify=lambda record: record.order.get_absolute_url())
    charged_on = DateColumn()
    quantity = QuantityColumn()
    unit = tables.Column(accessor="item__uom", verbose_name=_("Unit"), orderable=False)
    amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = SubcontractChargeBack
        fields = ("order", "charged_on", "partner", "item", "reason", "quantity", "unit", "amount", "settled_by")


class SupplierBalanceTable(DocumentTable):
    """Material at subcontractors over a span; its value only for those who may see costs."""

    partner = tables.Column(verbose_name=_("Supplier"))
    item = tables.Column(verbose_name=_("Item"), linkify=lambda record: record.get_absolute_url())
    lot = tables.Column(verbose_name=_("Lot or serial number"))
    unit = tables.Column(accessor="item__uom", verbose_name=_("Unit"), orderable=False)
    opening = QuantityColumn(verbose_name=_("Opening"))
    sent = QuantityColumn(verbose_name=pgettext_lazy("material", "Sent"))
    returned = QuantityColumn(verbose_name=pgettext_lazy("material", "Returned"))
    used = QuantityColumn(verbose_name=pgettext_lazy("material", "Used"))
    lost = QuantityColumn(verbose_name=pgettext_lazy("material", "Lost"))
    counted = QuantityColumn(verbose_name=_("Count difference"))
    closing = QuantityColumn(verbose_name=_("Closing"))
    value = AmountColumn(verbose_name=_("Value"))

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        denied = {"value"} if user is not None and not may_view_field(user, "erp.itemcost.value") else set()
        kwargs["exclude"] = (*kwargs.get("exclude", ()), *denied)
        super().__init__(*args, user=user, **kwargs)
        self.denied |= denied

    class Meta(DocumentTable.Meta):
        pass


class MaterialToSendTable(DocumentTable):
    """What subcontractors need, by supplier, material and day."""

    partner = tables.Column(verbose_name=_("Supplier"))
    item = tables.Column(verbose_name=_("Material"))
    needed_date = DateColumn(verbose_name=_("To send by"))
    source = tables.Column(verbose_name=_("For"), linkify=lambda record: record.url)
    unit = tables.Column(accessor="item__uom", verbose_name=_("Unit"), orderable=False)
    needed = QuantityColumn(verbose_name=_("Needed"))
    there = QuantityColumn(verbose_name=_("Lies there"))
    to_send = QuantityColumn(verbose_name=_("To send"))
    in_stock = QuantityColumn(verbose_name=_("In stock"))

    class Meta(DocumentTable.Meta):
        pass
