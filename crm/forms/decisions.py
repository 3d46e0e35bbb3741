"""Small forms of decisions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from crm.forms.fields import DecimalInput, customer_field, day_field
from crm.models import Lead
from crm.states import LostReason


class LoseForm(forms.Form):
    """Why something was lost."""

    lost_reason = forms.ChoiceField(label=_("Lost because of"), choices=LostReason.choices)
    reason = forms.CharField(label=_("Remark"), max_length=500, required=False)


class LoseOpportunityForm(LoseForm):
    """Why an opportunity was lost, and to whom."""

    competitor = forms.CharField(label=_("Competitor"), max_length=120, required=False)


class QualifyForm(forms.Form):
    """Who the customer is, and what the opportunity is about."""

    title = forms.CharField(label=_("Opportunity"), max_length=160)
    amount = forms.DecimalField(
        label=_("Expected amount (net)"),
        required=False,
        max_digits=18,
        decimal_places=4,
        min_value=ZERO,
        widget=DecimalInput(),
    )
    expected_date = day_field(_("Expected on"))
    accept_duplicates = forms.BooleanField(
        label=_("It is another company; make a new customer."), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner = customer_field(user)
        partner.required = False
        partner.label = _("Known customer")
        partner.help_text = _("Empty: a new customer is made from the lead.")
        self.fields["partner"] = partner
        self.fields["title"].initial = lead.interest or lead.company_name
        self.order_fields(["partner", "title", "amount", "expected_date", "accept_duplicates"])

    def show_duplicate_question(self) -> None:
        """Ask whether it is another one, after the service found a customer that looks the same."""
        self.fields["accept_duplicates"].widget = forms.CheckboxInput()
