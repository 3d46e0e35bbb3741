"""Forms of typed entries, templates, vouchers and the settings of the ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formsets import Rows
from finance.forms.fields import KeyField, NumberField, date_field, partner_field
from finance.models import LedgerSettings
from finance.selectors.journals import typed_journals
from finance.states import AmountRule, BalanceSide, ManualEntryKind, Schedule

NAMED = ("partner", "department", "project", "item_category")


def _with_journal_key(data: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as the services want it: the journal by its key."""
    values = dict(data)
    journal = values.pop("ledger_journal")
    return values | {"ledger_journal_id": journal.pk if journal else None}


class ManualEntryForm(forms.Form):
    document_date = date_field(_("Date"))
    kind = forms.ChoiceField(label=_("Kind"), choices=ManualEntryKind.choices, initial=ManualEntryKind.GENERAL)
    description = forms.CharField(label=_("Summary"), max_length=200, required=False)
    ledger_journal = forms.ModelChoiceField(
        typed_journals(), label=_("Journal"), required=False, empty_label=_("General journal")
    )
    attachment_count = forms.IntegerField(label=_("Attachments"), min_value=0, max_value=9999, initial=0)
    reversal_date = date_field(
        _("Reverse by itself on"), required=False, help_text=_("For accruals: the first day of the next period.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["kind"]

    def arguments(self) -> dict[str, Any]:
        return _with_journal_key(self.cleaned_data)


class TypedLineForm(forms.Form):
    """What the rows of entries and templates share: summary, account, dimensions."""

    description = forms.CharField(
        label=_("Summary"), max_length=200, required=False, widget=forms.TextInput(attrs={"data-width": "14rem"})
    )
    account = KeyField(label=_("Account"), widget=forms.Select(attrs={"data-width": "16rem"}))
    partner = partner_field(required=False)
    department = KeyField(label=_("Department"))
    project = KeyField(label=_("Project"))
    item_category = KeyField(label=_("Item group"))
    account_is_needed = True

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            if name in self.fields:
                self.fields[name].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = self.account_is_needed and self.has_changed() and not data.get("DELETE")
        if needed and not data.get("account"):
            self.add_error("account", _("Choose the account this line is booked on."))
        return data

    def arguments(self) -> dict[str, Any]:
        """Return the row as the services want it, keys by name."""
        data = self.cleaned_data
        keys = {f"{name}_id": getattr(data.get(name), "pk", data.get(name)) or None for name in NAMED}
        return keys | {"account_id": data["account"], "description": data.get("description", "")}


class ManualEntryLineForm(TypedLineForm):
    debit = NumberField(label=_("Debit"), required=False, decimal_places=4)
    credit = NumberField(label=_("Credit"), required=False, decimal_places=4)
    currency = KeyField(label=_("Currency"))
    currency_amount = NumberField(label=_("Amount in currency"), required=False, decimal_places=4)
    rate = NumberField(label=_("Exchange rate"), required=False, decimal_places=10)
    reference = forms.CharField(
        label=_("Number (opening)"),
        max_length=60,
        required=False,
        help_text=_("Of a receivable, payable or advance on opening balances: the number it had before."),
    )
    due_date = date_field(_("Due date"), required=False)
    account_is_needed = False  # a line without one takes the journal's

    field_order = (
        *("description", "account", "debit", "credit", *NAMED, "currency", "currency_amount", "rate"),
        *("reference", "due_date"),
    )

    def __init__(self, *args: Any, has_open_items: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_open_items:
            del self.fields["reference"], self.fields["due_date"]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("debit", "credit", "currency_amount", "rate", "reference", "due_date")
        figures = {name: data.get(name) for name in names}
        return super().arguments() | figures | {"currency_id": data.get("currency")}


class TemplateLineForm(TypedLineForm):
    side = forms.ChoiceField(label=_("Side"), choices=BalanceSide.choices)
    rule = forms.ChoiceField(label=_("Amount is"), choices=AmountRule.choices)
    amount = NumberField(label=_("Amount"), required=False, decimal_places=4)
    percent = NumberField(label=_("Percent"), required=False, decimal_places=4)
    basis_account = KeyField(label=_("Share of account"), widget=forms.Select(attrs={"data-width": "14rem"}))

    field_order = ("description", "account", "side", "rule", "amount", "percent", "basis_account", *NAMED)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        values = {name: data.get(name) for name in ("side", "rule", "amount", "percent")}
        return super().arguments() | values | {"basis_account_id": data.get("basis_account")}


ManualEntryLineFormSet = forms.formset_factory(
    ManualEntryLineForm, formset=Rows, extra=2, can_delete=True, max_num=2000
)
TemplateLineFormSet = forms.formset_factory(TemplateLineForm, formset=Rows, extra=2, can_delete=True, max_num=500)


TYPED = ("account", "debit", "credit", "currency_amount")


def typed_rows(formset: Any) -> list[dict[str, Any]]:
    """Return the rows that were typed and not removed."""
    return [
        form.arguments()
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE") and any(map(form.cleaned_data.get, TYPED))
    ]


class EntryTemplateForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200, required=False)
    description = forms.CharField(label=_("Summary"), max_length=200, required=False)
    schedule = forms.ChoiceField(label=_("Schedule"), choices=Schedule.choices)
    next_date = date_field(_("Next on"), required=False)
    until = date_field(_("Last on"), required=False)
    is_posted = forms.BooleanField(label=_("Post at once"), required=False)
    reverses_next_period = forms.BooleanField(label=_("Reverse on the first day of the next period"), required=False)
    ledger_journal = forms.ModelChoiceField(
        typed_journals(), label=_("Journal"), required=False, empty_label=_("General journal")
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def arguments(self) -> dict[str, Any]:
        return _with_journal_key(self.cleaned_data)


class LedgerSettingsForm(forms.ModelForm):
    class Meta:
        model = LedgerSettings
        fields = ("voucher_grouping", "voucher_naming", "vouchers_required", "carry_over_required")


class AttachmentsForm(forms.Form):
    count = forms.IntegerField(label=_("Attachments"), min_value=0, max_value=9999)
