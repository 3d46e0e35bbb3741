"""The table of the journals of the general ledger."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.tables import DocumentTable
from finance.models import LedgerJournal
from finance.tables.columns import link_column


class JournalTable(DocumentTable):
    code = link_column(_("code"))
    label = tables.Column(verbose_name=_("name"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = LedgerJournal
        fields = ("code", "label", "kind", "series", "is_standard", "is_active", "debit_account", "credit_account")
