"""Forms of invoices and credit notes."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from finance.forms.fields import Choices, KeyField, NumberField, date_field, partner_field, term_field
from finance.models import InvoiceLine
from finance.states import Side
from masterdata.models import Currency

SOURCES = ("shipment_line", "sales_order_line", "receipt_line", "purchase_order_line", "landed_charge")


class InvoiceForm(forms.Form):
    """Header of an invoice of free lines; an invoice of deliveries or receipts has partner and currency already."""

    partner = partner_field()
    document_date = date_field(_("Invoice date"))
    supplier_reference = forms.CharField(label=_("Supplier's invoice number"), max_length=60, required=False)
    payment_term = term_field()
    currency = forms.ModelChoiceField(Currency.objects.filter(is_active=True), label=_("Currency"), required=False)
    tax_included = forms.BooleanField(label=_("Prices include tax"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, kind: str, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == Side.CUSTOMER:
            del self.fields["supplier_reference"]
        if not is_new:
            for name in ("partner", "currency", "tax_included"):
                del self.fields[name]
        else:
            self.fields["partner"] = partner_field(kind)
            self.order_fields(["partner"])

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        values = {
            "document_date": data["document_date"],
            "payment_term_id": data["payment_term"].pk if data["payment_term"] else None,
            "note": data["note"],
            "supplier_reference": data.get("supplier_reference", ""),
        }
        if "partner" in data:
            values |= {
                "partner_id": data["partner"].pk,
                "currency_id": data["currency"].pk if data["currency"] else None,
                "tax_included": data["tax_included"],
            }
        return values


class InvoiceLineForm(forms.Form):
    """A row: what comes from an order is fixed but for its quantity (and a supplier's price), a free row is open."""

    description = forms.CharField(
        label=_("Description"), max_length=300, required=False, widget=forms.TextInput(attrs={"data-width": "18rem"})
    )
    account = KeyField(label=_("Account"), widget=forms.Select(attrs={"data-width": "14rem"}))
    quantity = NumberField(label=_("Quantity"), required=False)
    price = NumberField(label=_("Price"), required=False)
    discount_percent = NumberField(
        label=_("Discount %"), required=False, min_value=0, max_value=100, max_digits=9, decimal_places=4
    )
    tax = KeyField(label=_("Tax"))
    shipment_line = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sales_order_line = forms.IntegerField(required=False, widget=forms.HiddenInput)
    receipt_line = forms.IntegerField(required=False, widget=forms.HiddenInput)
    purchase_order_line = forms.IntegerField(required=False, widget=forms.HiddenInput)
    landed_charge = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: dict[str, Choices], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]
        self.source: InvoiceLine | None = None
        self.kind = kind

    def fix(self, line: InvoiceLine) -> None:
        """Close the cells that follow from the order line behind the row."""
        self.source = line
        fixed = ["description", "account"] if line.landed_charge_id else ["description", "account", "tax"]
        if self.kind == Side.CUSTOMER:
            fixed += ["price", "discount_percent"]
        for name in fixed:
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("DELETE") or not self.has_changed():
            return data
        if not any(data.get(name) for name in SOURCES) and not data.get("account"):
            self.add_error("account", _("Choose the account this line is booked on."))
        if data.get("quantity") is None:
            data["quantity"] = Decimal(1)
        return data


InvoiceLineFormSet = forms.formset_factory(InvoiceLineForm, formset=Rows, extra=0, can_delete=True, max_num=1000)


def typed_lines(formset: Any) -> list[dict[str, Any]]:
    """Return the rows as the services want them: sources with a quantity in stock unit, or free lines."""
    rows = []
    for form in formset.forms:
        data = form.cleaned_data
        if not data or data.get("DELETE") or not (form.has_changed() or form.initial):
            continue
        row = {f"{name}_id": data[name] for name in SOURCES if data.get(name)}
        # an order line stands behind goods too: the goods are the source
        if "shipment_line_id" in row:
            row.pop("sales_order_line_id", None)
        if "receipt_line_id" in row:
            row.pop("purchase_order_line_id", None)
        row |= {
            "quantity": data["quantity"],
            "price": data.get("price"),
            "discount_percent": data.get("discount_percent"),
        }
        if row.get("landed_charge_id"):
            row["tax_id"] = data.get("tax")
        if not any(row.get(f"{name}_id") for name in SOURCES):
            row |= {"account_id": data["account"], "description": data["description"], "tax_id": data["tax"]}
        rows.append(row)
    return rows


class CreditNoteForm(forms.Form):
    """Date, number and reason of a credit note."""

    document_date = date_field(_("Date"))
    supplier_reference = forms.CharField(label=_("Number of the supplier's credit note"), max_length=60, required=False)
    note = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == Side.CUSTOMER:
            del self.fields["supplier_reference"]


class CreditLineForm(forms.Form):
    """How much of one invoice line is credited, in its stock unit."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    quantity = NumberField(label=_("Quantity to credit"), required=False, min_value=0)


CreditLineFormSet = forms.formset_factory(CreditLineForm, formset=Rows, extra=0)


class PriceLineForm(forms.Form):
    """By how much one invoice line becomes dearer (above zero) or cheaper (below zero)."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    amount = NumberField(label=_("More (+) or less (−)"), required=False)


PriceLineFormSet = forms.formset_factory(PriceLineForm, formset=Rows, extra=0)
