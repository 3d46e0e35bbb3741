"""Pages that write invoices: free invoices, drafts, credit notes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.errors import DomainError
from core.fields import ZERO
from core.formats import plain
from core.typed import is_key
from core.views.base import FormPage, Page
from finance.forms.fields import account_choices, tax_choices
from finance.forms.invoices import (
    SOURCES,
    CreditLineFormSet,
    CreditNoteForm,
    InvoiceForm,
    InvoiceLineFormSet,
    PriceLineFormSet,
    typed_lines,
)
from finance.models import Invoice, InvoiceLine
from finance.services import invoices
from finance.states import Side
from finance.views.shared import posted_version
from masterdata.engines.pricing import LineInput, total
from masterdata.models import Currency, Partner, Tax
from masterdata.selectors.currencies import base_currency

COMPUTED = [("gross", _("With tax"))]


def _typed(line: InvoiceLine) -> dict[str, Any]:
    """Return a stored line as the grid shows it; what comes from an order by its quantity in stock unit."""
    keys = {name: getattr(line, f"{name}_id") for name in SOURCES}
    return keys | {
        "description": line.description,
        "account": line.account_id,
        "quantity": plain(line.billed_quantity if any(keys.values()) else line.quantity),
        "price": plain(line.price),
        "discount_percent": plain(line.discount_percent) if line.discount_percent else None,
        "tax": line.tax_id,
    }


class InvoiceFormPage(FormPage):
    """The grid of a draft: rows from orders are fixed but for their quantity, free rows are open."""

    form_class = InvoiceForm
    formset_class = InvoiceLineFormSet
    template_name = "finance/invoice/form.html"
    model = Invoice
    shown_under = ("kind",)

    @property
    def kind(self) -> str:
        if self.document is not None:
            return str(self.document.kind)
        asked = self.request.GET.get("kind") or self.request.POST.get("kind")
        return str(Side.SUPPLIER if asked == Side.SUPPLIER else Side.CUSTOMER)

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.kind, "is_new": self.document is None}

    def formset_kwargs(self) -> dict[str, Any]:
        choices = {"account": account_choices(), "tax": tax_choices()}
        return {"form_kwargs": {"choices": choices, "kind": self.kind}}

    def stored_lines(self) -> list[InvoiceLine]:
        if self.document is None:
            return []
        return list(self.document.lines.select_related("item", "uom").order_by("line_no"))

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        stored = self.stored_lines()
        form = self.form_class(data, initial=None if data else self.get_initial(), **self.form_kwargs())
        formset = self.formset_class(
            data, initial=[_typed(line) for line in stored], prefix="lines", **self.formset_kwargs()
        )
        by_source = {_source_of(line): line for line in stored if _source_of(line)}
        for row in formset.forms:
            line = by_source.get(_source_in(row))
            if line is not None:
                row.fix(line)
                row.computed_values = [("gross", plain(line.gross_amount))]
        return form, formset

    def arguments(self, form: InvoiceForm, formset: Any) -> dict[str, Any]:
        return form.arguments() | {"lines": typed_lines(formset)}

    def extra_context(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "computed": COMPUTED,
            "recalc_url": reverse("finance:invoice-recalculate"),
            "back_url": "" if self.document else reverse("finance:invoice-list"),
        }


def _source_of(line: InvoiceLine) -> tuple[str, int] | None:
    found = next((name for name in SOURCES if getattr(line, f"{name}_id")), None)
    return (found, getattr(line, f"{found}_id")) if found else None


def _source_in(row: Any) -> tuple[str, int] | None:
    for name in SOURCES:
        value = str(row[name].value() or "")
        if is_key(value):
            return name, int(value)
    return None


class InvoiceCreate(InvoiceFormPage):
    service = invoices.create_invoice

    @property
    def title(self) -> str:  # type: ignore[override]
        return gettext("New supplier invoice") if self.kind == Side.SUPPLIER else gettext("New customer invoice")

    def get_initial(self) -> dict[str, Any]:
        return {"document_date": today()} | super().get_initial()

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        asked = self.request.GET.get("partner", "")
        if data is None:
            formset.extra = 1
            if is_key(asked):
                form.fields["partner"].widget.label = str(Partner.objects.filter(pk=asked).first() or "")
        return form, formset

    def arguments(self, form: InvoiceForm, formset: Any) -> dict[str, Any]:
        return super().arguments(form, formset) | {"kind": self.kind}


class InvoiceEdit(InvoiceFormPage):
    service = invoices.update_invoice
    title = _("Edit invoice")

    def get_initial(self) -> dict[str, Any]:
        names = ("document_date", "supplier_reference", "note")
        return {name: getattr(self.document, name) for name in names} | {"payment_term": self.document.payment_term_id}

    def arguments(self, form: InvoiceForm, formset: Any) -> dict[str, Any]:
        own = {"invoice_id": self.document.pk, "version": posted_version(self.request)}
        return super().arguments(form, formset) | own


class RecalculateInvoice(Page):
    """POST of the grid as typed so far: amounts with tax and the totals, to be swapped in by their ids."""

    permission_required = "finance.add_invoice"
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        choices = {"account": account_choices(), "tax": tax_choices()}
        formset = InvoiceLineFormSet(
            request.POST, prefix="lines", form_kwargs={"choices": choices, "kind": Side.SUPPLIER}
        )
        formset.is_valid()
        rows = [form for form in formset.forms if getattr(form, "cleaned_data", None)]
        rows = [form for form in rows if not form.cleaned_data.get("DELETE")]
        rates = dict(Tax.objects.values_list("pk", "rate"))
        typed = [
            LineInput(
                row.cleaned_data.get("quantity") or ZERO,
                row.cleaned_data.get("price") or ZERO,
                row.cleaned_data.get("discount_percent") or ZERO,
                rates.get(row.cleaned_data.get("tax"), ZERO),
            )
            for row in rows
        ]
        asked = request.POST.get("currency", "")
        currency = Currency.objects.filter(pk=asked).first() if is_key(asked) else None
        currency = currency or base_currency()
        amounts = total(typed, "line", bool(request.POST.get("tax_included")), currency.decimals)
        context = {"rows": list(zip(rows, amounts.lines, strict=True)), "totals": amounts, "currency": currency}
        return render(request, "finance/invoice/_recalculated.html", context)


class CreditNoteCreate(FormPage):
    """A credit note for an invoice: all that is left, or smaller quantities line by line."""

    service = invoices.create_credit_note
    form_class = CreditNoteForm
    formset_class = CreditLineFormSet
    template_name = "finance/invoice/credit.html"
    shown_under = ("kind",)
    model = Invoice
    title = _("Credit note")

    def get_document(self) -> Any:
        found = super().get_document()
        if found is None or found.is_credit:
            raise Http404
        return found

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.document.kind}

    def get_initial(self) -> dict[str, Any]:
        return {"document_date": today()}

    def left_by_line(self) -> list[tuple[InvoiceLine, Any]]:
        """Return the invoice's lines with what is left to credit of each."""
        credited: dict[int, Any] = {}
        for line in InvoiceLine.objects.filter(corrects_line__invoice=self.document).exclude(
            invoice__state="cancelled"
        ):
            credited[line.corrects_line_id] = credited.get(line.corrects_line_id, ZERO) + line.billed_quantity
        lines = self.document.lines.select_related("item__uom", "uom").order_by("line_no")
        return [(line, line.billed_quantity + credited.get(line.pk, ZERO)) for line in lines]

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"line": line.pk, "quantity": plain(left)} for line, left in self.left_by_line()]

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        rows = {line.pk: (line, left) for line, left in self.left_by_line()}
        for row in formset.forms:
            key = str(row["line"].value() or "")
            row.invoice_line, row.left = rows.get(int(key) if is_key(key) else 0, (None, None))
        return super().show(form, formset, refusal=refusal, status=status)

    def arguments(self, form: CreditNoteForm, formset: Any) -> dict[str, Any]:
        rows = [row.cleaned_data for row in formset.forms]
        quantities = {str(row["line"]): row["quantity"] for row in rows if row.get("quantity")}
        return {
            "invoice_id": self.document.pk,
            "quantities": quantities,
            "document_date": form.cleaned_data["document_date"],
            "supplier_reference": form.cleaned_data.get("supplier_reference", ""),
            "note": form.cleaned_data["note"],
        }


class PriceCorrectionCreate(CreditNoteCreate):
    """A debit note or an allowance: an amount beside each line of the invoice, quantities untouched."""

    service = invoices.create_price_correction
    formset_class = PriceLineFormSet
    template_name = "finance/invoice/correct.html"
    title = _("Debit note or allowance")

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [{"line": line.pk} for line, _left in self.left_by_line()]

    def arguments(self, form: CreditNoteForm, formset: Any) -> dict[str, Any]:
        rows = [row.cleaned_data for row in formset.forms]
        return {
            "invoice_id": self.document.pk,
            "amounts": {str(row["line"]): row["amount"] for row in rows if row.get("amount")},
            "document_date": form.cleaned_data["document_date"],
            "supplier_reference": form.cleaned_data.get("supplier_reference", ""),
            "note": form.cleaned_data["note"],
        }
