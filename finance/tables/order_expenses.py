"""Table of suppliers' costs and what of them orders bear."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable
from finance.models import InvoiceLine


def _assign(record: InvoiceLine) -> str:
    return reverse("finance:order-expense-assign", args=[record.pk])


class ExpenseLineTable(DocumentTable):
    description = tables.Column(verbose_name=_("cost"), linkify=_assign)
    invoice = tables.Column(verbose_name=_("invoice"), linkify=lambda record: record.invoice.get_absolute_url())
    supplier = tables.Column(accessor="invoice__partner", verbose_name=_("supplier"))
    date = DateColumn(accessor="invoice__document_date", verbose_name=_("date"))
    base_net_amount = AmountColumn(verbose_name=_("net in base currency"))
    assigned = AmountColumn(verbose_name=_("borne by orders"))
    left = AmountColumn(verbose_name=_("left"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("row_attrs", {"data-href": _assign})
        super().__init__(*args, **kwargs)

    class Meta(DocumentTable.Meta):
        model = InvoiceLine
        fields = ("description", "invoice", "supplier", "date", "account", "base_net_amount", "assigned", "left")
