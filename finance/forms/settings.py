"""Form of the settings of receivables and payables."""

from typing import Any

from django import forms

from finance.models import FinanceSettings


class SettingsForm(forms.ModelForm):
    class Meta:
        model = FinanceSettings
        fields = ("write_off_tolerance", "grni_tolerance", "dunning_interval_days", "service_tax_code")

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
