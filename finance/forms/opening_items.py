"""The forms of openings: an open item, an advance, a bill of exchange, a receipt not invoiced."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from finance.forms.bills import BillForm
from finance.forms.fields import NumberField, date_field, item_field, partner_field
from finance.selectors.accounts import open_bank_accounts
from finance.states import OPENING_BILLS, BillState, Side
from masterdata.models import Currency, Warehouse


class OpeningItemForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Side.choices)
    partner = partner_field()
    reference = forms.CharField(label=_("Number"), max_length=60, help_text=_("The number it had before."))
    due_date = date_field(_("Due date"))
    amount = NumberField(label=_("Open amount"), decimal_places=4, help_text=_("With tax. Below zero: a credit note."))
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True), label=_("Currency"), required=False, help_text=_("Empty: our own.")
    )
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the first day.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        return _by_key(self.cleaned_data)


class OpeningAdvanceForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Side.choices)
    partner = partner_field()
    reference = forms.CharField(label=_("Number"), max_length=60, help_text=_("The number it had before."))
    amount = NumberField(
        label=_("Amount paid in advance"), decimal_places=4, help_text=_("What is not settled with an invoice yet.")
    )
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True), label=_("Currency"), required=False, help_text=_("Empty: our own.")
    )
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the first day.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        return _by_key(self.cleaned_data)


class OpeningBillForm(BillForm):
    """A bill that is older than the books: what it was when they began, and with whom it lies if it was passed on."""

    document_date = None  # type: ignore[assignment]
    state = forms.ChoiceField(
        label=_("State when the books began"),
        choices=[(str(state), state.label) for state in OPENING_BILLS],
        initial=BillState.HELD,
        help_text=_("What was passed on books nothing, but counts in the customer's exposure until it is due."),
    )
    endorsed_to = partner_field(Side.SUPPLIER, required=False, help_text=_("Of an endorsed bill."))
    bank_account = forms.ModelChoiceField(
        open_bank_accounts(), label=_("Bank account"), required=False, help_text=_("Of a discounted bill.")
    )
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the first day.")
    )
    field_order = (
        *("side", "kind", "bill_number", "partner", "amount", "currency", "exchange_rate", "issue_date", "due_date"),
        *("drawer", "acceptor", "state", "endorsed_to", "bank_account", "note"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["endorsed_to"].label = _("Endorsed to")

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        supplier, bank = data.pop("endorsed_to"), data.pop("bank_account")
        return data | {
            "endorsed_to_id": supplier.pk if supplier else None,
            "bank_account_id": bank.pk if bank else None,
        }


class OpeningReceiptForm(forms.Form):
    partner = partner_field(Side.SUPPLIER)
    reference = forms.CharField(label=_("Receipt number"), max_length=60, help_text=_("The number it had before."))
    received_date = date_field(_("Came in on"), help_text=_("Before the books began."))
    currency = forms.ModelChoiceField(
        Currency.objects.filter(is_active=True), label=_("Currency"), required=False, help_text=_("Empty: his own.")
    )
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the first day.")
    )
    warehouse = forms.ModelChoiceField(
        Warehouse.objects.filter(is_active=True), label=_("Warehouse"), required=False, help_text=_("Empty: the first.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        warehouse = data.pop("warehouse")
        return _by_key(data) | {"warehouse_id": warehouse.pk if warehouse else None}


class OpeningReceiptLineForm(forms.Form):
    item = item_field(required=False)
    quantity = NumberField(label=_("Quantity not invoiced"), required=False, min_value=0)
    price = NumberField(label=_("Price without tax"), required=False, min_value=0)

    def arguments(self) -> dict[str, Any] | None:
        """Return the row as the service takes it, None when it is empty."""
        item = self.cleaned_data.get("item")
        if item is None:
            return None
        quantity, price = self.cleaned_data.get("quantity"), self.cleaned_data.get("price")
        return {"item_id": item.pk, "quantity": quantity, "price": price}


OpeningReceiptLineFormSet = forms.formset_factory(
    OpeningReceiptLineForm, formset=Rows, extra=3, can_delete=True, max_num=500
)


def _by_key(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as the services take it, records by their keys."""
    data = dict(cleaned)
    partner, currency = data.pop("partner"), data.pop("currency")
    return data | {"partner_id": partner.pk, "currency_id": currency.pk if currency else None}
