"""The form of a statement layout: its head and its rows as a grid."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from finance.models import StatementLayout
from finance.states import CashDirection, RowKind, RowSide, StatementKind

NARROW = {"data-width": "5rem"}
MIDDLE = {"data-width": "9rem"}
WIDE = {"data-width": "16rem"}


class LayoutForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40)
    kind = forms.ChoiceField(label=_("Statement"), choices=StatementKind.choices)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    form_code = forms.CharField(
        label=_("Form"), max_length=20, required=False, help_text=_("Printed top right: 会小企01表.")
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class LayoutRowForm(forms.Form):
    code = forms.CharField(label=_("Row"), max_length=10, widget=forms.TextInput(attrs=NARROW))
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs=WIDE))
    name_zh = forms.CharField(
        label=_("Chinese name"), max_length=120, required=False, widget=forms.TextInput(attrs=WIDE)
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=RowKind.choices, initial=RowKind.ACCOUNTS)
    level = forms.IntegerField(label=_("Indent"), min_value=0, max_value=3, initial=1)
    side = forms.ChoiceField(label=_("Positive side"), choices=RowSide.choices)
    direction = forms.ChoiceField(
        label=_("Money"), choices=[("", _("both ways")), *CashDirection.choices], required=False
    )
    is_memo = forms.BooleanField(label=_("Of which"), required=False)
    accounts = forms.CharField(label=_("Accounts"), max_length=400, required=False, widget=forms.TextInput(attrs=WIDE))
    formula = forms.CharField(
        label=_("Sum of rows"), max_length=200, required=False, widget=forms.TextInput(attrs=MIDDLE)
    )


LayoutRowFormSet = forms.formset_factory(LayoutRowForm, formset=Rows, extra=1, can_delete=True, max_num=300)
ROW_FIELDS = tuple(LayoutRowForm.base_fields)


def row_initial(layout: StatementLayout) -> list[dict[str, Any]]:
    """Return the rows of a layout as the grid shows them."""
    return [{name: getattr(row, name) for name in ROW_FIELDS} for row in layout.rows.order_by("position")]
