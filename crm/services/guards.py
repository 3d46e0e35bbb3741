"""Refusals that several sales documents share."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from core.documents import Document
from core.errors import InvalidTransition
from crm.errors import ForeignAddress, NotACustomer, NotEditable, ReasonMissing
from crm.models import SalesOrderLine
from masterdata.models import Partner, PartnerAddress
from masterdata.services.entry import check_quantity, require_open


def require_edge(document: Document, to: str, *, start: str | None = None) -> None:
    """Refuse early what `transition` would refuse at the end.

    ``start`` is the one state the verb begins in, where the edge from another one belongs to a reversal.

    Raises:
        InvalidTransition: the document cannot become ``to`` now.
    """
    if to in document.TRANSITIONS.get(document.state, ()) and start in {None, document.state}:
        return
    labels = dict(document._meta.get_field("state").choices)
    before = document.state
    raise InvalidTransition(
        document=document, state=labels.get(before, before), to=labels.get(to, to), state_code=before, to_code=str(to)
    )


def require_draft(document: Any) -> None:
    """Refuse to edit what is no longer a draft.

    Raises:
        NotEditable: the document has left its first state.
    """
    if document.state != document._meta.get_field("state").default:
        raise NotEditable(document=document, state=document.get_state_display(), state_code=document.state)


def require_customer(partner: Partner) -> None:
    """Refuse a partner that no new sales document may name.

    Raises:
        MergedAway, ClosedForEntry, NotACustomer: as their names say.
    """
    require_open(partner)
    if not partner.is_customer:
        raise NotACustomer(partner=partner)


def require_own_address(partner_id: int, address_id: int | None) -> None:
    """Refuse an address of somebody else.

    Raises:
        ForeignAddress: the address is not the partner's.
    """
    if address_id is None:
        return
    if not PartnerAddress.objects.filter(pk=address_id, partner_id=partner_id).exists():
        raise ForeignAddress(partner=Partner.objects.get(pk=partner_id), field="ship_to_id")


def require_reason(reason: str) -> str:
    """Return the stripped reason.

    Raises:
        ReasonMissing: nothing was said.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()


def unknown_keys(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that no field answers to: a program's mistake.

    Raises:
        TypeError: names them.
    """
    unknown = set(given) - set(known)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")


def check_line_quantity(line: SalesOrderLine, quantity: Decimal) -> None:
    """Refuse a quantity finer than the stock unit of the line's item.

    Raises:
        QuantityTooFine: it has more decimals than the unit.
    """
    if line.item is not None:
        check_quantity(line.item.uom, quantity)
