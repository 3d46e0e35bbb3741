"""The thresholds of the watch over production."""

from django import forms

from erp.models import TrackingSettings


class TrackingSettingsForm(forms.ModelForm):
    """Empty thresholds are not watched."""

    class Meta:
        model = TrackingSettings
        fields = (
            "late_start_days",
            "late_finish_days",
            "material_days",
            "idle_days",
            "yield_percent",
            "notifies_sales",
        )
