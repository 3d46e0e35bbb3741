"""Navigation, search, facts, and panels on the pages of items and partners."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Hit, Navigation, Panel, SearchSource, Section, contribute
from masterdata.models import Item, Partner, PriceListLine, SupplierItem
from masterdata.selectors.search import find_items, find_partners

SECTIONS = (
    Section("masterdata", "places", _("Places"), 50),
    Section("masterdata", "money", _("Currencies and terms"), 100),
    Section("masterdata", "organisation", _("Organisation"), 150),
)
MENU = (  # key of the kind, label, icon, fold
    ("item", _("Items"), "box", ""),
    ("partner", _("Partners"), "building-store", ""),
    ("price_list", _("Price lists"), "tags", ""),
    ("supplier_item", _("Suppliers' catalogue"), "truck", ""),
    ("warehouse", _("Warehouses"), "building-warehouse", "places"),
    ("zone", _("Zones"), "layout-grid", "places"),
    ("location", _("Locations"), "map-pin", "places"),
    ("item_category", _("Item categories"), "category", ""),
    ("unit", _("Units of measure"), "ruler-2", ""),
    ("currency", _("Currencies"), "currency-dollar", "money"),
    ("exchange_rate", _("Exchange rates"), "arrows-exchange", "money"),
    ("tax", _("Taxes"), "receipt-tax", "money"),
    ("payment_term", _("Payment terms"), "calendar-dollar", "money"),
    ("work_calendar", _("Work calendars"), "calendar", "organisation"),
    ("department", _("Departments"), "hierarchy-2", "organisation"),
    ("employee", _("Employees"), "id-badge-2", "organisation"),
    ("project", _("Projects"), "briefcase", "organisation"),
    ("territory", _("Territories"), "map-2", "organisation"),
    ("customer_class", _("Customer classes"), "stars", "organisation"),
)
PRICES_SHOWN = 20


def _item_hits(text: str, user: Any, limit: int) -> list[Hit]:
    found: list[Any] = find_items(text, limit=limit, include_closed=True)
    return [Hit(str(one), one.get_absolute_url(), one.specification, "box", exact=one.rank == 0) for one in found]


def _partner_hits(text: str, user: Any, limit: int) -> list[Hit]:
    found: list[Any] = find_partners(text, user=user, limit=limit, include_closed=True, include_merged=True)
    return [Hit(str(one), one.get_absolute_url(), one.phone, "building-store", exact=one.rank == 0) for one in found]


def _item_prices(item: Item, user: Any) -> dict[str, Any]:
    lines = PriceListLine.objects.filter(item=item, price_list__is_active=True)
    return {"lines": lines.select_related("price_list__currency", "uom")[:PRICES_SHOWN]}


def _catalogue(partner: Partner, user: Any) -> dict[str, Any]:
    offers = SupplierItem.objects.filter(partner=partner).select_related("item", "currency")
    return {"offers": offers.order_by("item__code")[:PRICES_SHOWN]}


def register() -> None:
    """Register what the shell shows."""
    for order, (key, label, icon, section) in enumerate(MENU, 1):
        name = f"masterdata:{key.replace('_', '-')}-list"
        right = f"masterdata.view_{key.replace('_', '')}" if key != "unit" else "masterdata.view_unitofmeasure"
        contribute(Navigation("masterdata", label, name, right, icon, order * 10, section))
    contribute(
        *SECTIONS,
        Navigation("settings", _("Coding rules"), "masterdata:coding-rule-list", "core.view_codingrule", "hash", 50),
        SearchSource("items", _("Items"), "masterdata.view_item", _item_hits, 20),
        SearchSource("partners", _("Partners"), "masterdata.view_partner", _partner_hits, 10),
        Panel(
            "masterdata.item",
            "prices",
            _("Prices"),
            "masterdata.view_pricelist",
            "masterdata/item/_prices.html",
            _item_prices,
            30,
        ),
        Panel(
            "masterdata.partner",
            "catalogue",
            _("What this supplier offers"),
            "masterdata.view_supplieritem",
            "masterdata/partner/_catalogue.html",
            _catalogue,
            60,
        ),
        Fact(_("item, alias, partner, address, warehouse and location, department, project, employee"), "masterdata"),
        Fact(_("credit terms and limit, price list, exchange rate, tax, unit, calendar, coding rule"), "masterdata"),
    )
