"""The profit of sales orders: by whatever they are grouped, down to the line; suppliers' costs borne by orders."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.exchange.export import as_csv, as_xlsx, safe_cell
from core.typed import is_key
from core.views.base import FormPage, ListPage, OperationView, Page
from crm.models import SalesOrder
from finance.filters.order_expenses import ExpenseLineFilter
from finance.forms.order_expenses import ExpenseForm
from finance.models import InvoiceLine
from finance.selectors.order_expenses import expenses_of_order, with_assigned
from finance.selectors.order_profit.projecting import total_projection
from finance.selectors.order_profit.report import (
    BY_CODE,
    GROUPINGS,
    Profit,
    Wanted,
    profit_by,
    profit_of_lines,
    total_of,
)
from finance.services import order_expenses
from finance.tables.order_expenses import ExpenseLineTable
from finance.views.shared import asked_day, this_year

COST = "masterdata.view_cost"
NONE = "none"


class ProfitPage(Page):
    """What the pages of order profit share: the days, and the groups that were opened on the way."""

    permission_required = "finance.view_orderprofit"

    def wanted(self) -> Wanted:
        first, last = this_year()
        keys = {}
        for one in GROUPINGS:
            value = self.request.GET.get(one.code, "")
            if is_key(value) or value == NONE:
                keys[one.code] = None if value == NONE else int(value)
        return Wanted(
            asked_day(self.request, "date_min", first),
            asked_day(self.request, "date_max", last),
            keys,
            self.request.user,
        )

    @property
    def sees_cost(self) -> bool:
        return bool(self.request.user.has_perm(COST))

    def query(self, wanted: Wanted, **changes: Any) -> str:
        keys = {code: NONE if key is None else str(key) for code, key in wanted.keys.items()} | changes
        parts = {"date_min": str(wanted.first), "date_max": str(wanted.last)} | keys
        return "&".join(f"{name}={value}" for name, value in parts.items())


class OrderProfit(ProfitPage):
    """Order profit by one grouping; each group opens its lines."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = self.wanted()
        asked = request.GET.get("group", "")
        group = asked if asked in BY_CODE else "customer"
        rows = profit_by(group, wanted)
        total = total_of(rows)
        if request.GET.get("export") in {"xlsx", "csv"} and request.user.has_perm("core.export_data"):
            cells = [[safe_cell(cell) for cell in row] for row in self.cells(group, rows)]
            name = f"order-profit-{group}"
            if request.GET["export"] == "csv":
                return as_csv(cells, name)
            return as_xlsx(cells, name, str(_("Order profit")))
        lines = reverse("finance:order-profit-lines")
        context = {
            "title": _("Order profit"),
            "rows": [
                {"profit": one, "url": f"{lines}?{self.query(wanted, **{group: NONE if one.key is None else one.key})}"}
                for one in rows
            ],
            "total": total,
            "group": BY_CODE[group],
            "tabs": [
                {
                    "label": one.label,
                    "url": f"{request.path}?{self.query(wanted)}&group={one.code}",
                    "active": one.code == group,
                }
                for one in GROUPINGS
            ],
            "first": wanted.first,
            "last": wanted.last,
            "sees_cost": self.sees_cost,
            "is_project": group == "project",
            "chart": waterfall(total) if self.sees_cost and total.revenue else None,
            "query": f"{self.query(wanted)}&group={group}",
            "may_export": request.user.has_perm("core.export_data"),
            "may_assign": request.user.has_perm("finance.view_orderexpense"),
        }
        return render(request, "finance/order_profit/report.html", context)

    def cells(self, group: str, rows: list[Profit]) -> Iterator[list[Any]]:
        """Yield the table as rows of a file; without the right to see cost, without what tells it."""
        heads = [BY_CODE[group].label, _("Lines"), _("Ordered"), _("Revenue")]
        secret = [_("Cost"), _("Freight and other"), _("Project cost"), _("Margin"), _("Margin in %"), _("Provisional")]
        yield [str(head) for head in heads + (secret if self.sees_cost else [])]
        for one in rows:
            row = [one.label, one.lines, one.ordered, one.revenue]
            if self.sees_cost:
                row += [one.cost, one.expense, one.other, one.margin, one.percent, one.is_provisional]
            yield row


def waterfall(total: Profit) -> dict[str, Any]:
    """Return revenue, what is taken off it and what is left as an ECharts option: bars that hang from each other."""
    steps = [
        (_("Revenue"), total.revenue, True),
        (_("Cost of sales"), -total.cost, False),
        (_("Freight and other"), -total.expense, False),
        *([(_("Project cost"), -total.other, False)] if total.other else []),
        (_("Margin"), total.margin, True),
    ]
    base, shown, level = [], [], Decimal(0)
    for _label, amount, is_level in steps:
        after = amount if is_level else level + amount
        low = min(level, after) if not is_level else min(Decimal(0), amount)
        base.append(str(low))
        shown.append(str(abs(amount)))
        level = after
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [str(label) for label, _amount, _is in steps]},
        "yAxis": {"type": "value"},
        "series": [
            {
                "type": "bar", "stack": "profit", "silent": True, "data": base,
                "itemStyle": {"color": "transparent"}, "tooltip": {"show": False},
            },
            {"type": "bar", "stack": "profit", "data": shown},
        ],
    }  # fmt: skip


class OrderProfitLines(ProfitPage):
    """The order lines behind a group, each with its revenue, actual cost, freight and margin."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = self.wanted()
        rows = profit_of_lines(wanted)
        total = total_of([row["profit"] for row in rows])
        if request.GET.get("export") in {"xlsx", "csv"} and request.user.has_perm("core.export_data"):
            cells = [[safe_cell(cell) for cell in row] for row in self.cells(rows)]
            name = "order-profit-lines"
            return as_csv(cells, name) if request.GET["export"] == "csv" else as_xlsx(cells, name, name)
        order_key = wanted.keys.get("order")
        context = {
            "title": _("Order lines and what they earned"),
            "rows": rows,
            "total": total,
            "projected": total_projection(row["projection"] for row in rows),
            "sees_cost": self.sees_cost,
            "query": self.query(wanted),
            "chart": waterfall(total) if self.sees_cost and total.revenue else None,
            "expenses": list(expenses_of_order(order_key)) if order_key and self.sees_cost else [],
            "may_export": request.user.has_perm("core.export_data"),
            "may_assign": request.user.has_perm("finance.assign_orderexpense"),
        }
        return render(request, "finance/order_profit/lines.html", context)

    def cells(self, rows: list[dict[str, Any]]) -> Iterator[list[Any]]:
        """Yield the lines as rows of a file."""
        heads = [_("Sales order"), _("Customer"), _("Line"), _("Item"), _("Ordered"), _("Revenue")]
        secret = [_("Cost"), _("Goods dispatched"), _("Freight and other"), _("Margin"), _("Provisional")]
        secret += [_("Projected cost"), _("Projected margin")]
        yield [str(head) for head in heads + (secret if self.sees_cost else [])]
        for row in rows:
            one = row["profit"]
            cells = [row["number"], str(row["order"].partner), row["line_no"], str(row["item"] or ""), one.ordered]
            cells.append(one.revenue)
            if self.sees_cost:
                cells += [one.cost, one.dispatched, one.expense, one.margin, one.is_provisional]
                will = row["projection"]
                cells += [will.cost, will.margin] if will else [None, None]
            yield cells


class ExpenseLines(ListPage):
    """Suppliers' costs, what of them is assigned to orders, and what is left."""

    model = InvoiceLine
    table_class = ExpenseLineTable
    filterset_class = ExpenseLineFilter
    permission_required = "finance.view_orderexpense"
    title = _("Suppliers' costs of orders")
    empty_text = _("Services and free lines of posted supplier invoices appear here, to be borne by sales orders.")

    @property
    def page_key(self) -> str:
        return "finance.orderexpense"

    def base_queryset(self) -> Any:
        return with_assigned()


class AssignExpense(FormPage):
    service = order_expenses.assign_order_expense
    form_class = ExpenseForm
    template_name = "core/form.html"
    title = _("Let a sales order bear this cost")
    message = _("The order bears the cost.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"line": self.line, "user": self.request.user}

    @property
    def line(self) -> Any:
        """The cost line with what is left of it."""
        found = with_assigned().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def arguments(self, form: ExpenseForm, formset: Any) -> dict[str, Any]:
        line = self.line
        return form.arguments() | {"invoice_id": line.invoice_id, "invoice_line_id": line.pk}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("finance:order-expense-list")}

    def success_url(self, result: Any) -> str:
        return f"{reverse('finance:order-profit-lines')}?order={result.sales_order_id}&date_min=1990-01-01"


class RemoveExpense(OperationView):
    """POST: take an assignment back."""

    service = order_expenses.remove_order_expense

    def key_arguments(self) -> dict[str, Any]:
        return {"expense_id": self.kwargs["pk"]}

    def arguments(self) -> dict[str, Any]:
        value = self.request.POST.get("invoice", "")
        return {"invoice_id": int(value) if is_key(value) else 0}

    def success_url(self, result: Any) -> str:
        following = self.request.POST.get("next", "")
        return following if following.startswith("/finance/") else reverse("finance:order-expense-list")


class OrderLookup(Page):
    """GET ``q``: binding sales orders by number or customer's order number, the newest first."""

    permission_required = "finance.assign_orderexpense"

    def get(self, request: HttpRequest) -> JsonResponse:
        wanted = request.GET.get("q", "").strip()
        found = SalesOrder.objects.visible_to(request.user).filter(state__in=["confirmed", "closed"])
        rows = found.filter(number__icontains=wanted).select_related("partner").order_by("-pk")[:20]
        return JsonResponse({"results": [{"id": one.pk, "text": str(one), "hint": str(one.partner)} for one in rows]})
