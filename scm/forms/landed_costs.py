"""The form of landed costs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from masterdata.models import Currency
from scm.forms.fields import LineForm, NumberField, date_input, supplier_field
from scm.models import GoodsReceipt
from scm.selectors.landed_costs import receipts_for_charges
from scm.states import ChargeKind, SpreadBasis

LISTED = 200


class ReceiptChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: GoodsReceipt) -> str:
        return f"{obj.number} · {obj.partner} · {obj.document_date:%Y-%m-%d}"


class LandedCostForm(forms.Form):
    receipts = ReceiptChoice(
        label=_("Goods receipts"),
        queryset=GoodsReceipt.objects.none(),
        widget=forms.SelectMultiple(attrs={"data-enhance": True}),
        help_text=_("The goods that bear the charges."),
    )
    partner = supplier_field(label=_("Carrier or agent"), required=False)
    reference = forms.CharField(label=_("Waybill or customs number"), required=False, max_length=60)
    date = forms.DateField(label=_("Date"), required=False, widget=date_input())
    currency = forms.ModelChoiceField(label=_("Currency"), queryset=Currency.objects.filter(is_active=True))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, chosen: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["receipts"]
        field.queryset = receipts_for_charges()
        if not self.is_bound:  # the newest, and those chosen already
            newest = list(receipts_for_charges().values_list("pk", flat=True)[:LISTED])
            field.queryset = receipts_for_charges().filter(pk__in={*newest, *(chosen or [])})


class ChargeForm(LineForm):
    kind = forms.ChoiceField(label=_("Charge"), choices=ChargeKind.choices)
    description = forms.CharField(label=_("Description"), required=False, max_length=120)
    basis = forms.ChoiceField(label=_("Spread"), choices=SpreadBasis.choices)
    amount = NumberField(label=_("Net amount"), min_value=0)


ChargeFormSet = forms.formset_factory(ChargeForm, formset=Rows, extra=1, can_delete=True, max_num=50)
