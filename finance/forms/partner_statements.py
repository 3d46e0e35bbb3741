"""Form of a statement of account: whose, and which days."""

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.forms.fields import date_field, partner_field
from finance.states import Side


class StatementForm(forms.Form):
    partner = partner_field(Side.CUSTOMER)
    first = date_field(_("From"))
    last = date_field(_("To"))
