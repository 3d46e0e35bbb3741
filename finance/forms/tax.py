"""Forms of electronic invoices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from finance.models import TaxInvoice
from finance.services.tax_invoices import CHANGEABLE


class TaxInvoiceForm(forms.ModelForm):
    class Meta:
        model = TaxInvoice
        fields = sorted(CHANGEABLE, key=lambda name: (not name.startswith("kind"), name))


class AnswersForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX with headings and four columns: our invoice number, electronic invoice number, date, reason."
        ),
    )
