"""The payment plan 回款计划 of an order, drawn from its payment terms."""

import datetime as dt
from decimal import Decimal

from django.db.models import Subquery

from core.context import insert_later
from crm.models import PaymentPlanLine, SalesOrder
from crm.states import PaymentBasis
from masterdata.engines.terms import TermLine, instalments
from masterdata.models import Currency, PaymentTermLine

WHOLE_ON_INVOICE = TermLine(percent=Decimal(100), basis=PaymentBasis.INVOICE)


def draw_payment_plan(order: SalesOrder, *, is_first: bool = False) -> None:
    """Replace the payment plan of a binding order (``is_first``: it has none); the parts sum to its gross amount.

    Instalments that count from the order are due from its confirmation; those from shipment or invoice are expected
    from the day its last open line is due to leave.
    """
    places = Subquery(Currency.objects.filter(pk=order.currency_id).values("decimals"))
    lines = list(
        PaymentTermLine.objects.filter(term_id=order.payment_term_id).order_by("line_no").annotate(places=places)
    )
    terms = [TermLine(one.percent, one.basis, one.days, one.end_of_month) for one in lines] or [WHOLE_ON_INVOICE]
    decimals: int = lines[0].places if lines else order.currency.decimals
    confirmed = order.confirmed_date or order.document_date
    leaving = max(_last_leaving(order), confirmed)
    dates = {PaymentBasis.ORDER: confirmed, PaymentBasis.SHIPMENT: leaving, PaymentBasis.INVOICE: leaving}
    parts = instalments(terms, order.gross_amount, {str(key): value for key, value in dates.items()}, decimals)
    if not is_first:
        PaymentPlanLine.objects.filter(order=order).delete()
    insert_later(
        PaymentPlanLine(
            order=order,
            seq=seq,
            basis=part.basis,
            percent=part.percent,
            days=term.days,
            end_of_month=term.end_of_month,
            amount=part.amount,
            due_date=part.due_date,
        )
        for seq, (term, part) in enumerate(zip(terms, parts, strict=True), start=1)
    )


def _last_leaving(order: SalesOrder) -> dt.date:
    dates = [line.due_date for line in order.lines.all() if not line.is_closed]
    return max(dates, default=order.document_date)
