"""Forms of dunning."""

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.forms.fields import date_field, partner_field
from finance.states import Side


class LevelForm(forms.Form):
    level = forms.IntegerField(label=_("Level"), min_value=1, max_value=20)
    days_overdue = forms.IntegerField(label=_("From days overdue"), min_value=1, max_value=3650)
    title = forms.CharField(label=_("Title"), max_length=120)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 4}))
    text_zh = forms.CharField(label=_("Text in Chinese"), widget=forms.Textarea(attrs={"rows": 4}))


class BlockForm(forms.Form):
    partner = partner_field(Side.CUSTOMER)
    until = date_field(_("Until"), required=False, help_text=_("Empty: until the block is lifted."))
    reason_text = forms.CharField(label=_("Reason"), max_length=200)
