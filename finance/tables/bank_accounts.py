"""Tables of the company's own accounts."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DocumentTable
from finance.models import BankAccount


class BankAccountTable(DocumentTable):
    code = tables.Column(verbose_name=_("code"))
    label = tables.Column(verbose_name=_("name"), orderable=False)
    balance = AmountColumn(verbose_name=_("balance in base currency"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = BankAccount
        fields = ("code", "label", "currency", "account", "bank_name", "account_number", "balance", "is_active")
