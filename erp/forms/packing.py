"""Forms of the packing page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.forms.fields import quantity_field


class WeightForm(forms.Form):
    """What a package weighs with everything in it."""

    gross_weight = quantity_field(_("Gross weight in kg"), required=False)
