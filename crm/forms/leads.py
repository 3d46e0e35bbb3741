"""Leads, opportunities, campaigns and stages."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.formsets import Rows
from core.permissions import may_view_field
from core.typed import is_key
from crm.forms.fields import (
    DayInput,
    DecimalInput,
    KnownField,
    PickedItem,
    campaigns,
    currencies,
    customer_field,
    day_field,
    item_labels,
    show_choice,
    staff,
    units,
)
from crm.models import Campaign, Lead, OpportunityStage
from crm.states import LeadSource

NUMBER = {"max_digits": 18, "min_value": ZERO, "widget": DecimalInput()}


class LeadForm(forms.ModelForm):
    """Who showed interest, in what, and when to talk again. Saved by its service."""

    class Meta:
        model = Lead
        fields = (
            "company_name",
            "contact_name",
            "phone",
            "email",
            "city",
            "interest",
            "source",
            "campaign",
            "next_contact_date",
            "owner",
            "note",
        )
        widgets = {"next_contact_date": DayInput(), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns()
        self.fields["owner"].queryset = staff()

    def typed(self) -> dict[str, Any]:
        """Return the lead as the services take it."""
        data = dict(self.cleaned_data)
        campaign, owner = data.pop("campaign"), data.pop("owner")
        return data | {
            "campaign_id": campaign.pk if campaign else None,
            "owner_id": owner.pk if owner else None,
        }


class OpportunityForm(forms.Form):
    """What may be sold to whom, when, how likely."""

    title = forms.CharField(label=_("Title"), max_length=160)
    stage = KnownField(label=_("Stage"))
    probability = forms.DecimalField(
        label=_("Probability in %"),
        required=False,
        min_value=ZERO,
        max_value=Decimal(100),
        widget=DecimalInput(),
        help_text=_("Empty: the stage's."),
    )
    amount = forms.DecimalField(
        label=_("Expected amount (net)"),
        required=False,
        decimal_places=4,
        help_text=_("The sum of the lines when there are any."),
        **NUMBER,
    )
    currency = KnownField(label=_("Currency"), help_text=_("Empty: the customer's."))
    expected_date = day_field(_("Expected on"))
    source = forms.ChoiceField(label=_("Source"), choices=[("", "—"), *LeadSource.choices], required=False)
    campaign = KnownField(label=_("Campaign"))
    owner = KnownField(label=_("Salesperson"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, user: Any, document: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if document is None:
            self.fields["partner"] = customer_field(user)
            key = str(self.initial.get("partner") or "")
            if is_key(key):
                show_choice(self, "partner", self.fields["partner"].queryset.filter(pk=key).first())
            self.order_fields(["title", "partner"])
        self.fields["stage"].offer(OpportunityStage.objects.filter(is_active=True))
        self.fields["currency"].offer(currencies())
        self.fields["campaign"].offer(campaigns())
        self.fields["owner"].offer(staff())

    def typed(self) -> dict[str, Any]:
        """Return the header as the services take it; an empty source stays what it is."""
        data = dict(self.cleaned_data)
        data.pop("partner", None)
        keys = {f"{name}_id": data.pop(name) for name in ("stage", "currency", "campaign", "owner")}
        if not data["source"]:
            del data["source"]
        return data | keys


class OpportunityLineForm(forms.Form):
    """An item the customer may want."""

    item = PickedItem(required=False)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=18, decimal_places=6, min_value=Decimal("0.000001"), widget=DecimalInput()
    )
    uom = KnownField(label=_("Unit"))
    price = forms.DecimalField(label=_("Expected price"), required=False, decimal_places=6, **NUMBER)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "item" in data and not data["item"] and not data.get("description"):
            self.add_error("item", _("Choose an item or describe what is wanted."))
        return data

    def typed(self) -> dict[str, Any]:
        """Return the line as the services take it."""
        data = self.cleaned_data
        return {
            "item_id": data["item"],
            "description": data["description"],
            "quantity": data["quantity"],
            "uom_id": data["uom"],
            "price": data["price"],
        }


class BaseOpportunityLines(Rows):
    """The lines of one opportunity."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = list(units())
        labels = {} if self.is_bound else item_labels(line.get("item") for line in self.initial or [])
        for form in self.forms:
            form.fields["item"].widget.label = labels.get((form.initial or {}).get("item"), "")

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["uom"].offer(self._units)

    def typed(self) -> list[dict[str, Any]]:
        """Return the lines that are to stand."""
        return [form.typed() for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE")]


OpportunityLines = forms.formset_factory(
    OpportunityLineForm, formset=BaseOpportunityLines, extra=1, can_delete=True, max_num=500
)


class RecordForm(forms.ModelForm):
    """A plain record of sales; its service validates and saves it."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = self._meta.model._meta.label_lower
        for name in list(self.fields):
            if not may_view_field(user, f"{label}.{name}"):
                del self.fields[name]

    def _post_clean(self) -> None:
        """The service validates the record as a whole."""


class CampaignForm(RecordForm):
    """A campaign."""

    class Meta:
        model = Campaign
        fields = ("code", "name", "name_zh", "start_date", "end_date", "budget", "is_active")
        widgets = {"start_date": DayInput(), "end_date": DayInput(), "budget": DecimalInput()}


class StageForm(RecordForm):
    """A sales stage."""

    class Meta:
        model = OpportunityStage
        fields = ("code", "name", "name_zh", "sequence", "probability", "is_active")
        widgets = {"probability": DecimalInput()}
