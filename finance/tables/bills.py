"""Tables of bills of exchange."""

from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from finance.models import Bill
from finance.tables.columns import link_column


class BillTable(DocumentTable):
    ON_WISH = ("endorsed_to",)

    number = link_column(_("number"))
    state = StateColumn()
    issue_date = DateColumn()
    due_date = DateColumn()
    amount = AmountColumn()

    class Meta(DocumentTable.Meta):
        model = Bill
        fields = (
            "number",
            "bill_number",
            "side",
            "kind",
            "partner",
            "acceptor",
            "issue_date",
            "due_date",
            "currency",
            "amount",
            "endorsed_to",
            "state",
        )
