"""The form of the costing settings."""

from django import forms

from erp.models import CostingSettings


class CostingSettingsForm(forms.ModelForm):
    class Meta:
        model = CostingSettings
        fields = ("overrun_percent", "overrun_action")
