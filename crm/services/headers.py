"""The headers of quotations and sales orders: what is given, and what follows from the customer."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict, TypeVar

from core.clock import business_date, company
from crm.errors import NoWarehouse
from crm.models import Quotation, SalesOrder
from crm.services.guards import require_own_address, unknown_keys
from masterdata.models import Currency, Partner, PartnerAddress
from masterdata.selectors.currencies import currencies, rate_on
from masterdata.selectors.places import default_warehouse

D = TypeVar("D", Quotation, SalesOrder)

COMMON = (
    "currency_id",
    "exchange_rate",
    "tax_included",
    "payment_term_id",
    "ship_to_id",
    "warehouse_id",
    "requested_date",
    "document_date",
    "source",
    "campaign_id",
    "owner_id",
    "note",
)
FIELDS: Mapping[type, tuple[str, ...]] = {
    Quotation: (*COMMON, "opportunity_id", "valid_until", "customer_reference", "contact_name"),
    SalesOrder: (*COMMON, "customer_po", "department_id", "project_id"),
}
MAY_BE_EMPTY = frozenset(
    {
        "payment_term_id",
        "ship_to_id",
        "requested_date",
        "campaign_id",
        "opportunity_id",
        "department_id",
        "project_id",
    }
)


class HeaderInput(TypedDict, total=False):
    """What may be given besides the customer; what is left out follows from him. Ids, not objects.

    ``exchange_rate`` is base units for 1 unit of the currency. The last rows belong to quotations, ``customer_po``,
    ``department_id`` and ``project_id`` to orders.
    """

    currency_id: int
    exchange_rate: Decimal | None
    tax_included: bool
    payment_term_id: int | None
    ship_to_id: int | None
    warehouse_id: int | None
    requested_date: dt.date | None
    document_date: dt.date | None
    source: str
    campaign_id: int | None
    owner_id: int | None
    note: str
    customer_po: str
    department_id: int | None
    project_id: int | None
    opportunity_id: int | None
    valid_until: dt.date | None
    customer_reference: str
    contact_name: str


def new_header(model: type[D], partner: Partner, header: Mapping[str, Any], *, actor: Any, at: dt.datetime) -> D:
    """Return an unsaved header of ``model`` for ``partner`` with what is given and the partner's defaults.

    Raises:
        ForeignAddress: the delivery address is somebody else's.
        NoWarehouse: none is given and none is set up.
        NoExchangeRate: the currency has no rate on the document's date.
    """
    document = model(
        partner=partner,
        currency_id=partner.currency_id,
        payment_term_id=partner.payment_term_id,
        ship_to=_default_address(partner),
        tax_included=_prices_include_tax(partner),
        owner_id=partner.owner_id or getattr(actor, "pk", None),
        document_date=business_date(at),
        created_at=at,
    )
    given = {name: value for name, value in header.items() if value is not None}
    _give(document, given)
    if document.warehouse_id is None:
        warehouse = default_warehouse()
        if warehouse is None:
            raise NoWarehouse()
        document.warehouse = warehouse
    known = currencies([document.currency_id]).get(document.currency_id)
    if known is not None:
        document.currency = known
    if "exchange_rate" not in given:
        document.exchange_rate = rate_on(document.currency, document.document_date)
    return document


def change_header(document: Quotation | SalesOrder, header: Mapping[str, Any]) -> None:
    """Set the given fields on an existing header; another currency or date fetches its rate unless one is given.

    Raises:
        ForeignAddress: the delivery address is somebody else's.
        NoExchangeRate: the currency has no rate on the document's date.
    """
    given = {name: value for name, value in header.items() if value is not None or name in MAY_BE_EMPTY}
    before = (document.currency_id, document.document_date)
    _give(document, given)
    if "exchange_rate" not in given and before != (document.currency_id, document.document_date):
        document.exchange_rate = rate_on(Currency.objects.get(pk=document.currency_id), document.document_date)


def _give(document: Quotation | SalesOrder, given: Mapping[str, Any]) -> None:
    unknown_keys(given, FIELDS[type(document)])
    if "ship_to_id" in given:
        require_own_address(document.partner_id, given["ship_to_id"])
    for name, value in given.items():
        setattr(document, name, value)


def _default_address(partner: Partner) -> PartnerAddress | None:
    """The shipping address (the default one first), else any."""
    addresses = list(partner.addresses.filter(is_active=True).order_by("-is_default", "id"))
    shipping = [one for one in addresses if one.kind == PartnerAddress.Kind.SHIPPING]
    return next(iter(shipping or addresses), None)


def _prices_include_tax(partner: Partner) -> bool:
    """As his own price list says; without one, prices in China are understood with tax, elsewhere without."""
    if partner.sales_price_list is not None:
        return bool(partner.sales_price_list.tax_included)
    own = company()
    return own is None or own.country == "CN"
