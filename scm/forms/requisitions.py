"""The form of a requisition: what is needed, how much, when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from masterdata.models import Department, Employee, Project
from scm.forms.fields import ChoiceOfKey, LineForm, NumberField, date_input, item_field


class RequisitionForm(forms.Form):
    department = forms.ModelChoiceField(Department.objects.filter(is_active=True), label=_("Department"))
    needed_date = forms.DateField(label=_("Needed on"), widget=date_input())
    purpose = forms.CharField(label=_("What for"), max_length=200, required=False)
    project = forms.ModelChoiceField(Project.objects.filter(is_active=True), label=_("Project"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None and not self.initial.get("department"):
            own = Employee.objects.filter(user=user, is_active=True).values_list("department", flat=True).first()
            self.initial = {**self.initial, "department": own}
        self.fields["project"].widget.attrs["data-enhance"] = ""
        if not Project.objects.filter(is_active=True).exists():
            del self.fields["project"]


class RequisitionLineForm(LineForm):
    item = item_field(required=False)
    description = forms.CharField(
        label=_("Or describe it"), max_length=200, required=False, widget=forms.TextInput(attrs={"data-width": "14rem"})
    )
    quantity = NumberField(label=_("Quantity"))
    uom = ChoiceOfKey(label=_("Unit"))
    estimated_price = NumberField(label=_("Estimated price"), required=False, min_value=0)
    needed_date = forms.DateField(label=_("Needed on"), required=False, widget=date_input())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("item") and not cleaned.get("description") and "item" not in self.errors:
            self.add_error("item", _("Choose an item or describe what is needed."))
        return cleaned


RequisitionLineFormSet = forms.formset_factory(RequisitionLineForm, formset=Rows, extra=3, can_delete=True, max_num=500)


def line_arguments(row: dict[str, Any]) -> dict[str, Any]:
    """Return a cleaned row as the services want it."""
    return {
        "item_id": row["item"].pk if row.get("item") else None,
        "description": row.get("description") or "",
        "quantity": row["quantity"],
        "uom_id": row.get("uom"),
        "estimated_price": row.get("estimated_price"),
        "needed_date": row.get("needed_date"),
    }
