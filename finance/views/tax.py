"""Value-added tax: the report with its lines, and electronic invoices."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput
from core.exchange.export import export_table
from core.exchange.reading import read_table
from core.tables import AmountColumn
from core.typed import is_key
from core.views.base import FormPage, ListPage, OperationView, Page
from finance.engines.bank_files import UnreadableRow, read_day
from finance.filters.tax import IssuableFilter, TaxInvoiceFilter, TaxLineFilter
from finance.forms.tax import AnswersForm, TaxInvoiceForm
from finance.models import Invoice, InvoiceLine, TaxInvoice
from finance.selectors.settings import finance_settings
from finance.selectors.tax import issuable_invoices, tax_report
from finance.services import tax_invoices
from finance.states import TaxInvoiceKind
from finance.tables.tax import ExportTable, IssuableTable, TaxInvoiceTable, TaxLineTable
from finance.views.shared import asked_day, posted_version, this_month


class TaxReportTable(tables.Table):
    """The report for export."""

    side = tables.Column(verbose_name=_("side"))
    code = tables.Column(verbose_name=_("tax"))
    rate = AmountColumn(verbose_name=_("rate in %"))
    invoices = tables.Column(verbose_name=_("invoices"))
    net = AmountColumn(verbose_name=_("net"))
    tax = AmountColumn(verbose_name=_("tax amount"))


class VatReport(Page):
    """Output and input tax of a span of days by rate; every figure opens its lines."""

    permission_required = "finance.view_invoice"

    def get(self, request: HttpRequest) -> HttpResponse:
        first, last = this_month()
        first, last = asked_day(request, "date_min", first), asked_day(request, "date_max", last)
        report = tax_report(first, last)
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            sides = ((report.output, _text("Output tax")), (report.input, _text("Input tax")))
            rows = [vars(row) | {"side": label} for part, label in sides for row in part]
            return export_table(TaxReportTable(rows), name="vat", kind=request.GET["export"], title=_text("VAT report"))
        context = {
            "title": _text("VAT report"),
            "report": report,
            "first": first,
            "last": last,
            "tabs": tax_tabs("vat-report"),
            "query": f"date_min={first:%Y-%m-%d}&date_max={last:%Y-%m-%d}",
            "may_export": request.user.has_perm("core.export_data"),
        }
        return render(request, "finance/tax/report.html", context)


class TaxLines(ListPage):
    """The invoice lines behind a figure of the report."""

    model = InvoiceLine
    table_class = TaxLineTable
    filterset_class = TaxLineFilter
    permission_required = "finance.view_invoice"
    page_key = "finance.tax_lines"
    title = _("Lines of the VAT report")
    empty_text = _("Lines of posted invoices appear here.")

    def base_queryset(self) -> Any:
        rows = InvoiceLine.objects.filter(invoice__state="posted", invoice__is_opening=False)
        return rows.select_related("invoice__partner", "tax", "item").order_by("-invoice__document_date", "-pk")


class TaxInvoiceList(ListPage):
    """Electronic invoices with their numbers; ticked ones are exported for the tax platform."""

    model = TaxInvoice
    table_class = TaxInvoiceTable
    filterset_class = TaxInvoiceFilter
    permission_required = "finance.view_taxinvoice"
    template_name = "finance/tax/invoices.html"
    title = _("Electronic invoices")
    empty_text = _("Prepare them from posted invoices, under To issue.")

    def base_queryset(self) -> Any:
        return TaxInvoice.objects.select_related("invoice__partner", "invoice__currency").order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"tabs": tax_tabs("tax-invoice-list")}
        if self.request.user.has_perm("finance.issue_taxinvoice"):
            export = {
                "label": _text("Export for issuing"),
                "url": reverse("finance:tax-invoice-export"),
                "icon": "file-export",
            }
            context["bulk_actions"] = [export]
            context["may_issue"] = True
        return context


class IssuableInvoices(ListPage):
    """Posted customer invoices without an electronic invoice; ticked ones are prepared."""

    model = Invoice
    table_class = IssuableTable
    filterset_class = IssuableFilter
    permission_required = "finance.issue_taxinvoice"
    page_key = "finance.issuable_invoices"
    template_name = "finance/tabbed_list.html"
    title = _("Invoices to issue electronically")
    empty_text = _("Every posted invoice has its electronic invoice.")

    def base_queryset(self) -> Any:
        return issuable_invoices().select_related("partner", "currency").order_by("document_date", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = reverse("finance:tax-invoice-prepare")
        actions = [
            {"label": _text("Special invoice (专票)"), "url": f"{url}{TaxInvoiceKind.SPECIAL}/", "icon": "receipt-tax"},
            {"label": _text("Ordinary invoice (普票)"), "url": f"{url}{TaxInvoiceKind.ORDINARY}/", "icon": "receipt"},
        ]
        return super().get_context_data(**kwargs) | {"tabs": tax_tabs("tax-invoice-due"), "bulk_actions": actions}


class PrepareTaxInvoices(OperationView):
    service = tax_invoices.prepare_tax_invoices

    def arguments(self) -> dict[str, Any]:
        kind = self.kwargs.get("kind", "")
        known = kind if kind in TaxInvoiceKind.values else str(TaxInvoiceKind.SPECIAL)
        rows = issuable_invoices()
        if self.request.POST.get("all"):
            rows = IssuableFilter(self.request.GET, queryset=rows).qs
        else:
            rows = rows.filter(pk__in=_keys(self.request))
        return {"invoice_ids": list(rows.values_list("pk", flat=True)), "kind": known}

    def success_url(self, result: Any) -> str:
        return f"{reverse('finance:tax-invoice-list')}?status=prepared"


class ExportTaxInvoices(OperationView):
    """The file for the tax platform: one row per line, red invoices with what they correct."""

    service = tax_invoices.mark_exported

    def arguments(self) -> dict[str, Any]:
        rows = TaxInvoice.objects.exclude(status="issued")
        if self.request.POST.get("all"):
            rows = TaxInvoiceFilter(self.request.GET, queryset=rows).qs
        else:
            rows = rows.filter(pk__in=_keys(self.request))
        return {"tax_invoice_ids": list(rows.values_list("pk", flat=True))}

    def done(self, result: list[int]) -> HttpResponse:
        return export_table(
            ExportTable(export_rows(result)), name="einvoices", kind="xlsx", title=_text("Electronic invoices")
        )


def export_rows(keys: list[int]) -> list[dict[str, Any]]:
    """Return one row per line of the electronic invoices, with buyer and seller on each."""
    fallback = finance_settings().service_tax_code
    lines = (
        InvoiceLine.objects.filter(invoice__tax_invoice__in=keys)
        .select_related("item", "uom", "invoice__tax_invoice", "invoice__corrects__tax_invoice")
        .order_by("invoice__tax_invoice", "line_no")
    )
    rows = []
    for line in lines:
        paper, original = line.invoice.tax_invoice, line.invoice.corrects
        blue = getattr(original, "tax_invoice", None) if original else None
        rows.append(
            vars(paper)
            | {
                "number": line.invoice.legal_number,
                "kind": paper.get_kind_display(),
                "code": line.item.tax_category_code if line.item else fallback,
                "name": line.item.name_zh or line.item.name if line.item else line.description,
                "specification": line.item.specification if line.item else "",
                "unit": str(line.uom or ""),
                "quantity": line.quantity,
                "net_price": line.net_amount / line.quantity if line.quantity else None,
                "net": line.net_amount,
                "rate": line.tax_rate,
                "tax": line.tax_amount,
                "blue_number": blue.fapiao_number if blue else "",
                "note": line.invoice.note,
            }
        )
    return rows


class TaxInvoiceEdit(FormPage):
    """Buyer, kind and red-letter data before it is issued; afterwards all stays as it is."""

    service = tax_invoices.change_tax_invoice
    form_class = TaxInvoiceForm
    template_name = "finance/tax/invoice.html"
    model = TaxInvoice
    title = _("Electronic invoice")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in TaxInvoiceForm.base_fields}

    def arguments(self, form: TaxInvoiceForm, formset: Any) -> dict[str, Any]:
        own = {"tax_invoice_id": self.document.pk, "version": posted_version(self.request)}
        return dict(form.cleaned_data) | own


class ImportAnswers(FormPage):
    """The platform's answers as a table: our number, its number, the date, the reason of a refusal."""

    service = tax_invoices.record_answers
    form_class = AnswersForm
    template_name = "core/form.html"
    title = _("Import the answers of the tax platform")

    def arguments(self, form: AnswersForm, formset: Any) -> dict[str, Any]:
        file = form.cleaned_data["file"]
        _headings, rows = read_table(file.read(), file.name)
        return {"answers": [_answer(row, number) for number, row in enumerate(rows, 1)]}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except DomainError as refusal:
            return self.show(self.form_class(), None, refusal=refusal, status=refusal.status)

    def done(self, result: int) -> HttpResponse:
        messages.success(self.request, _text("%(count)s answers were taken.") % {"count": result})
        return HttpResponseRedirect(reverse("finance:tax-invoice-list"))


def _answer(row: list[Any], number: int) -> dict[str, Any]:
    cells = [str(cell).strip() if cell is not None else "" for cell in [*row, "", "", "", ""][:4]]
    day: dt.date | None = None
    if cells[2]:
        try:
            day = read_day(row[2], number)
        except UnreadableRow as error:
            text = _text("Row %(row)s: “%(value)s” is not a date.") % {"row": number, "value": cells[2]}
            raise InvalidInput(message=text, field="file") from error
    return {"number": cells[0], "fapiao_number": cells[1].split(".")[0], "issued_on": day, "answer": cells[3]}


def _keys(request: HttpRequest) -> list[int]:
    return [int(key) for key in request.POST.getlist("ids") if is_key(key)]


def tax_tabs(here: str) -> list[dict[str, Any]]:
    """Return the tabs over the pages of tax."""
    pages = (
        ("vat-report", _("VAT report")),
        ("tax-invoice-due", _("To issue")),
        ("tax-invoice-list", _("Electronic invoices")),
    )
    return [{"label": label, "url": reverse(f"finance:{name}"), "active": name == here} for name, label in pages]
