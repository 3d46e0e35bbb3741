"""Receivables and payables by age, with the instalments behind every figure."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.exchange.export import export_table
from core.views.base import ListPage, Page
from finance.filters.invoices import InstalmentFilter
from finance.models import InvoiceInstalment
from finance.selectors.ageing import BUCKETS, ageing, open_instalments, totals
from finance.states import Side
from finance.tables.invoices import AgeingTable, InstalmentTable


class Receivables(Page):
    """What customers owe, by customer and age."""

    permission_required = "finance.view_receivables"
    kind = Side.CUSTOMER
    title: Any = _("Receivables by age")
    lines_url = "finance:receivable-list"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = ageing(self.kind, today(), request.user)
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            return export_table(
                AgeingTable(rows), name=f"ageing-{self.kind.value}", kind=request.GET["export"], title=str(self.title)
            )
        sums = totals(rows)
        context = {
            "title": self.title,
            "rows": rows,
            "buckets": [{"code": code, "label": label} for code, label, _first, _last in BUCKETS],
            "sums": sums,
            "total": sum(sums),
            "overdue": sum(sums[1:]),
            "advances": sum(row.advances for row in rows),
            "lines_url": reverse(self.lines_url),
            "chart": ageing_chart(sums, reverse(self.lines_url)),
            "may_export": request.user.has_perm("core.export_data"),
            "is_customer": self.kind == Side.CUSTOMER,
        }
        return render(request, "finance/ageing.html", context)


class Payables(Receivables):
    """What we owe suppliers, by supplier and age."""

    permission_required = "finance.view_payables"
    kind = Side.SUPPLIER
    title = _("Payables by age")
    lines_url = "finance:payable-list"


def ageing_chart(sums: Any, url: str) -> dict[str, Any]:
    """Return the bars of an ageing as an ECharts option; each opens its instalments."""
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": [str(label) for _code, label, _first, _last in BUCKETS],
            "axisLabel": {"interval": 0, "width": 56, "overflow": "break"},  # each bar named, on a phone too
        },
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar",
                "data": [
                    {"value": str(amount), "url": f"{url}?bucket={code}"}
                    for (code, *_rest), amount in zip(BUCKETS, sums, strict=True)
                ],
            }
        ],
    }


class ReceivableList(ListPage):
    """Open instalments of customer invoices, the oldest due first."""

    model = InvoiceInstalment
    table_class = InstalmentTable
    filterset_class = InstalmentFilter
    permission_required = "finance.view_receivables"
    kind = Side.CUSTOMER
    title: Any = _("Open receivables")
    empty_text = _("Posted invoices that are not settled appear here.")

    @property
    def page_key(self) -> str:
        return f"finance.open_{self.kind.value}"

    def base_queryset(self) -> Any:
        rows = open_instalments(self.kind, self.request.user)
        return rows.select_related("partner", "invoice__currency").order_by("due_date", "pk")


class PayableList(ReceivableList):
    """Open instalments of supplier invoices, the oldest due first."""

    permission_required = "finance.view_payables"
    kind = Side.SUPPLIER
    title = _("Open payables")
