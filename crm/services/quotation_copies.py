"""What is made from a quotation: its next revision, or the order of the customer who accepted it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from core import history
from core.clock import business_date
from core.documents import next_number
from crm.models import Quotation, QuotationLine, SalesOrder, SalesOrderLine
from crm.services.lines import TYPED

HEADER = (
    "partner_id",
    "currency_id",
    "exchange_rate",
    "tax_included",
    "rounding_level",
    "net_amount",
    "tax_amount",
    "gross_amount",
    "owner_id",
    "note",
    "source",
    "campaign_id",
    "payment_term_id",
    "ship_to_id",
    "warehouse_id",
    "requested_date",
)
LINE = ("line_no", *TYPED)


def _copied(document: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(document, name) for name in names}


def revision_of(quotation: Quotation, *, valid_days: int, at: dt.datetime) -> Quotation:
    """Save and return the next revision of ``quotation`` as a draft; its number is the first one's with ``-R2`` …."""
    root = quotation.number.removesuffix(f"-R{quotation.revision}")
    revision = Quotation(
        **_copied(quotation, HEADER),
        **_copied(quotation, ("opportunity_id", "customer_reference", "contact_name")),
        number=f"{root}-R{quotation.revision + 1}",
        revision=quotation.revision + 1,
        supersedes=quotation,
        document_date=business_date(at),
        created_at=at,
    )
    revision.valid_until = max(quotation.valid_until, revision.document_date + dt.timedelta(days=valid_days))
    lines = [QuotationLine(**_copied(line, LINE)) for line in quotation.lines.all()]
    history.create_with_lines(revision, lines, "quotation")
    return revision


def order_from(
    quotation: Quotation, lines: Sequence[QuotationLine], *, customer_po: str, at: dt.datetime
) -> SalesOrder:
    """Save and return the draft order with the lines and prices of ``quotation``."""
    order = SalesOrder(
        **_copied(quotation, HEADER),
        number=next_number(SalesOrder, at),
        quotation=quotation,
        customer_po=customer_po or quotation.customer_reference,
        document_date=business_date(at),
        created_at=at,
    )
    ordered = [SalesOrderLine(quotation_line=line, **_copied(line, LINE)) for line in lines]
    history.create_with_lines(order, ordered, "order")
    return order
