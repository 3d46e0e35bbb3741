"""Forms of payments."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.typed import is_key, number_typed
from finance.forms.fields import NumberField, date_field, partner_field
from finance.selectors.accounts import open_bank_accounts
from finance.states import Direction, Side

SORTS = {
    "receipt": (Side.CUSTOMER, Direction.IN, _("Money from a customer")),
    "payment": (Side.SUPPLIER, Direction.OUT, _("Money to a supplier")),
    "customer_refund": (Side.CUSTOMER, Direction.OUT, _("Money back to a customer")),
    "supplier_refund": (Side.SUPPLIER, Direction.IN, _("Money back from a supplier")),
}
"""What people call a payment: its side and its direction."""

ALLOCATE = {"allocate-": "amount", "discount-": "discount", "difference-": "difference"}
"""Prefixes of the inputs of the allocation grid; what follows is the key of the invoice."""


def sort_of(kind: str, direction: str) -> str:
    """Return the code in SORTS of a side and a direction."""
    return next(code for code, (side, way, _label) in SORTS.items() if (side, way) == (kind, direction))


class PaymentForm(forms.Form):
    sort = forms.ChoiceField(label=_("Kind"), choices=[(code, label) for code, (_s, _d, label) in SORTS.items()])
    partner = partner_field()
    bank_account = forms.ModelChoiceField(open_bank_accounts(), label=_("Bank account"))
    amount = NumberField(label=_("Amount"), min_value=Decimal("0.0001"), decimal_places=4)
    document_date = date_field(_("Date"))
    exchange_rate = NumberField(
        label=_("Exchange rate"), required=False, decimal_places=10, help_text=_("Empty: the rate of the day.")
    )
    reference = forms.CharField(label=_("Bank reference"), max_length=80, required=False)
    sales_order = forms.IntegerField(required=False, widget=forms.HiddenInput)
    purchase_order = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["sort"]
            del self.fields["partner"]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        values: dict[str, Any] = {
            "bank_account_id": data["bank_account"].pk,
            "amount": data["amount"],
            "document_date": data["document_date"],
            "exchange_rate": data["exchange_rate"],
            "reference": data["reference"],
            "sales_order_id": data["sales_order"],
            "purchase_order_id": data["purchase_order"],
            "note": data["note"],
        }
        if "sort" in data:
            side, direction, _label = SORTS[data["sort"]]
            values |= {"partner_id": data["partner"].pk, "kind": str(side), "direction": str(direction)}
        return values


def typed_allocations(data: Any) -> tuple[list[dict[str, Any]], bool]:
    """Return the rows of the allocation grid that have money, and whether every figure was readable."""
    rows: dict[int, dict[str, Any]] = {}
    readable = True
    for name, text in data.items():
        prefix, _dash, key = name.rpartition("-")
        column = ALLOCATE.get(f"{prefix}-")
        if column is None or not is_key(key) or not str(text).strip():
            continue
        amount = number_typed(str(text))
        if amount is None:
            readable = False
        elif amount:
            rows.setdefault(int(key), {"invoice_id": int(key), "amount": Decimal(0)})[column] = amount
    return [row for row in rows.values() if row["amount"]], readable
