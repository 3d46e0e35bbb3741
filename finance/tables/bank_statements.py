"""Tables of bank statements, movements and the bank journal."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from finance.models import BankMovement, BankStatement
from finance.tables.columns import link_column


class StatementTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    first_date = DateColumn()
    document_date = DateColumn(verbose_name=_("to"))
    opening_balance = AmountColumn()
    closing_balance = AmountColumn()
    left = tables.Column(verbose_name=_("not explained"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})

    class Meta(DocumentTable.Meta):
        model = BankStatement
        fields = (
            "number",
            "bank_account",
            "first_date",
            "document_date",
            "opening_balance",
            "closing_balance",
            "left",
            "file_name",
            "state",
        )


class MovementTable(DocumentTable):
    ON_WISH = ("account",)

    statement = tables.Column(
        verbose_name=_("bank statement"), linkify=lambda record: record.statement.get_absolute_url()
    )
    booked_on = DateColumn()
    amount = AmountColumn()
    name = tables.Column(verbose_name=_("Paid by or to"))
    state = StateColumn()

    class Meta(DocumentTable.Meta):
        model = BankMovement
        fields = (
            "statement",
            "bank_account",
            "booked_on",
            "amount",
            "name",
            "account",
            "purpose",
            "reference",
            "payment",
            "state",
        )
        row_attrs = {"data-href": lambda record: record.statement.get_absolute_url()}


class JournalTable(tables.Table):
    """The journal of a bank account (日记账), for export."""

    date = DateColumn(verbose_name=_("date"))
    entry = tables.Column(verbose_name=_("entry"))
    source = tables.Column(verbose_name=_("source document"))
    description = tables.Column(verbose_name=_("description"))
    money_in = AmountColumn(verbose_name=_("money in"))
    money_out = AmountColumn(verbose_name=_("money out"))
    balance = AmountColumn(verbose_name=pgettext_lazy("account", "balance"))
    confirmed = tables.Column(verbose_name=_("confirmed by the bank"))
