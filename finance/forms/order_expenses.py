"""The form that lets a sales order bear a supplier's cost."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from core.widgets import Picker, show_choice
from crm.models import SalesOrder
from finance.forms.fields import NumberField


class ExpenseForm(forms.Form):
    sales_order = forms.ModelChoiceField(
        SalesOrder.objects.none(), label=_("Sales order"), widget=Picker(reverse_lazy("finance:order-lookup"))
    )
    amount = NumberField(label=_("Amount in base currency"), decimal_places=4)

    def __init__(self, *args: Any, line: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sales_order"].queryset = SalesOrder.objects.visible_to(user)
        self.fields["amount"].initial = f"{line.left.normalize():f}"
        self.fields["amount"].help_text = f"{line.invoice} · {line.description} · {line.invoice.partner}"
        key = str(self.initial.get("sales_order") or "")
        if is_key(key):
            show_choice(self, "sales_order", self.fields["sales_order"].queryset.filter(pk=key).first())

    def arguments(self) -> dict[str, Any]:
        return {"sales_order_id": self.cleaned_data["sales_order"].pk, "amount": self.cleaned_data["amount"]}
