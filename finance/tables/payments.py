"""Tables of payments."""

from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from finance.models import Payment
from finance.tables.columns import link_column


class PaymentTable(DocumentTable):
    number = link_column(_("number"))
    state = StateColumn()
    document_date = DateColumn()
    amount = AmountColumn()
    open_amount = AmountColumn(verbose_name=_("not allocated"))

    class Meta(DocumentTable.Meta):
        model = Payment
        fields = (
            "number",
            "document_date",
            "direction",
            "kind",
            "partner",
            "bank_account",
            "reference",
            "currency",
            "amount",
            "open_amount",
            "state",
        )
