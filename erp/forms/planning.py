"""Forms of planning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import day_field, quantity_field
from erp.models import PlanningSettings


class FirmForm(forms.Form):
    """A planned order as it is to become real: as proposed, or changed."""

    quantity = quantity_field(_("Quantity"))
    due_date = day_field(_("Due"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_date"].required = True


class PlanningSettingsForm(forms.ModelForm):
    """The rules the planner works by."""

    class Meta:
        model = PlanningSettings
        fields = (
            "scrap_convention",
            "reschedule_days",
            "dampener_days",
            "increase_days",
            "default_lead_days",
            "near_days",
            "forecast_period",
            "net_phantoms",
            "substitute_partly",
            "joint_orders",
            "promise_rule",
            "promise_keeps_safety_stock",
            "promise_makes_orders",
        )
