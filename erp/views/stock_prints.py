"""Stock reports on paper: the ledger of an item, and the stock ledger summary."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.clock import company
from core.exchange.export import as_csv, as_xlsx, safe_cell
from core.permissions import may_view_field
from core.printing import pdf_available, render_document, render_pdf
from core.views.base import Page
from core.views.printing import LANGUAGES
from erp.filters.stock import StockSummaryFilter
from erp.selectors.stock_ledger import ItemLedger, LedgerRow
from erp.selectors.stock_summary import totals_of
from masterdata.models import Item


class ReportPrint(Page):
    """GET …/print/?language=zh|en&format=pdf|html: a report as the page with the same query shows it."""

    permission_required = "erp.view_stockmove"
    template_name: ClassVar[str]

    def report(self) -> dict[str, Any]:
        """Return what the template needs."""
        raise AssertionError("a report has figures")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wants_pdf = request.GET.get("format", "pdf") == "pdf"
        as_pdf = wants_pdf and pdf_available()
        context = {
            "company": company(),
            "user": request.user,
            "printed_at": timezone.now(),
            "pdf": as_pdf,
            "pdf_missing": wants_pdf and not as_pdf,
        }
        language = LANGUAGES.get(request.GET.get("language", "")) or request.user.language
        html = render_document(self.template_name, context | self.report(), language)
        if not as_pdf:
            return HttpResponse(html)
        return HttpResponse(render_pdf(html), content_type="application/pdf")


class StockSummaryPrint(ReportPrint):
    """收发存汇总表 on paper."""

    template_name = "erp/stock/summary_print.html"

    def report(self) -> dict[str, Any]:
        asked = StockSummaryFilter(self.request.GET, queryset=Item.objects.order_by("code"), request=self.request)
        sees_value = may_view_field(self.request.user, "erp.itemcost.value")
        return {
            "rows": asked.qs,
            "span": asked.span,
            "sees_value": sees_value,
            "totals": totals_of(asked.qs) if sees_value else None,
        }


HEAD = (
    _("Date"),
    _("Kind"),
    _("Document"),
    _("From"),
    _("To"),
    _("Lot or serial number"),
    _("In"),
    _("Out"),
    _("Balance"),
)


def export_ledger(ledger: ItemLedger, kind: str, *, sees_value: bool) -> Any:
    """Answer an item's ledger as ``csv`` or ``xlsx``: opening, every move, closing."""
    worth = (_("Value"), _("Stock value")) if sees_value else ()
    rows: list[list[Any]] = [[str(one) for one in (*HEAD, *worth)]]
    nothing = [""] * 6
    rows.append(
        [str(_("Opening")), *nothing[1:], "", "", ledger.opening, *_worth(sees_value, "", ledger.opening_value)]
    )
    rows += [_cells(row, sees_value=sees_value) for row in ledger.rows]
    rows.append(
        [str(_("Closing")), *nothing[1:], "", "", ledger.closing, *_worth(sees_value, "", ledger.closing_value)]
    )
    cells = ([safe_cell(cell) for cell in row] for row in rows)
    name = f"ledger-{ledger.item.code}"
    return as_csv(cells, name) if kind == "csv" else as_xlsx(cells, name, ledger.item.code)


def _worth(sees_value: bool, *figures: Any) -> list[Any]:
    return list(figures) if sees_value else []


def _cells(row: LedgerRow, *, sees_value: bool) -> list[Any]:
    move = row.move
    return [
        move.moved_on,
        str(move.get_kind_display()),
        move.source_number,
        str(move.from_location),
        str(move.to_location),
        str(move.lot or ""),
        row.received,
        row.issued,
        row.balance,
        *_worth(sees_value, row.amount, row.value),
    ]
