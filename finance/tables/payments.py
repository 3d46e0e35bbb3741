"""Tables of payments."""

from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from core.tables import AmountColumn, DateColumn, DocumentTable, StateColumn
from core.templatetags.figures import amount
from finance.models import Payment
from finance.states import PaymentState
from finance.tables.columns import link_column

DEAD = (PaymentState.CANCELLED, PaymentState.REVERSED)


class PaymentTable(DocumentTable):
    """Payments. What came in and what went out have their own totals; cancelled and reversed ones count for nothing."""

    TOTALS = ("amount", "open_amount")
    TOTALS_APART = ("direction", "currency__code")

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

    def sum_of(self, name: str) -> Sum:
        return Sum(name, filter=Q(state=PaymentState.POSTED) if name == "open_amount" else ~Q(state__in=DEAD))

    def render_open_amount(self, record: Payment, value: Any) -> str:
        return amount(value) if record.state == PaymentState.POSTED else ""

    def value_open_amount(self, record: Payment, value: Any) -> Any:
        return value if record.state == PaymentState.POSTED else ""
