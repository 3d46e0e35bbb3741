"""Forms of budgets, their lines, and releases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import User
from finance.forms.fields import NumberField
from finance.models import Account, BudgetLine
from masterdata.models import Department, Project
from scm.models import PurchaseOrder, Requisition

KINDS = {"scm.purchaseorder": PurchaseOrder, "scm.requisition": Requisition}


class BudgetForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2200)
    name = forms.CharField(label=_("Name"), max_length=200)
    responsible = forms.ModelChoiceField(
        User.objects.filter(is_active=True, kind=User.Kind.STAFF),
        label=_("Responsible"),
        required=False,
        help_text=_("Is told when a line passes a level."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        responsible = data.pop("responsible")
        return data | {"responsible_id": responsible.pk if responsible else None}


class BudgetLineForm(forms.Form):
    account = forms.ModelChoiceField(
        Account.objects.filter(is_active=True),
        label=_("Account"),
        help_text=_("With the accounts below it."),
        widget=forms.Select(attrs={"data-enhance": ""}),
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True), label=_("Department"), required=False, help_text=_("Empty: all.")
    )
    project = forms.ModelChoiceField(
        Project.objects.filter(is_active=True), label=_("Project"), required=False, help_text=_("Empty: all.")
    )
    month = forms.TypedChoiceField(
        label=_("Month"),
        choices=[("", _("whole year")), *((str(month), str(month)) for month in range(1, 13))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    amount = NumberField(label=_("Amount"), min_value=0)
    warn_percent = NumberField(label=_("Warn at %"), min_value=1, initial="90")
    stop_percent = NumberField(
        label=_("Stop at %"), min_value=1, required=False, initial="100", help_text=_("Empty: never stop.")
    )

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        keys = {f"{name}_id": data.pop(name) for name in ("account", "department", "project")}
        return data | {name: one.pk if one else None for name, one in keys.items()}


class ReleaseForm(forms.Form):
    document_label = forms.ChoiceField(
        label=_("Document"),
        choices=[("scm.purchaseorder", _("Purchase order")), ("scm.requisition", _("Requisition"))],
    )
    number = forms.CharField(label=_("Number"), max_length=40)
    amount = NumberField(label=_("Over budget by at most"), min_value=0)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        model: Any = KINDS.get(data.get("document_label", ""))
        found = model.objects.filter(number=data.get("number", "")).first() if model else None
        if found is None:
            self.add_error("number", _("There is no such document."))
        return data | {"document_id": found.pk if found else None}

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("document_label", "document_id", "amount")
        return {name: data[name] for name in names} | {"line_id": self.line.pk}
