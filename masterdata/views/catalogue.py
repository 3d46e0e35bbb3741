"""All kinds of master data and how their pages are laid out."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.models import CodingRule
from core.numbering import format_code
from core.views.base import Verb
from masterdata.services.bins import generate_locations
from masterdata.services.calendars import load_holidays
from masterdata.services.merging import merge_partners, unmerge_partner
from masterdata.views.partners import partner_context
from masterdata.views.records import Pages


def coding_rule_context(rule: CodingRule, user: Any) -> dict[str, Any]:
    """Return what the first number of today would look like."""
    example = format_code(rule, today(), 1)
    return {"subtitle": _("For example %(code)s") % {"code": example}}


def label_of(key: str, right: str) -> Verb:
    """The button that prints labels of one record."""
    return Verb(_("Print labels"), f"masterdata:{key}-label", permission=right, link=True, icon="barcode")


def labels_of(key: str) -> Verb:
    """The button that prints the labels of a place, a zone or a warehouse."""
    return Verb(
        _("Print labels"),
        f"masterdata:{key}-labels",
        permission="masterdata.view_location",
        link=True,
        icon="barcode",
    )


CATALOGUE = (
    Pages(
        "item",
        _("Items"),
        _("New item"),
        _("An item is what you buy, make, keep or sell. Everything else names items."),
        groups=(
            (_("Supply"), ("supply_type", "is_phantom", "tracking", "is_sold", "is_purchased")),
            (_("Prices and cost"), ("list_price", "tax", "tax_category_code", "standard_cost")),
            (
                _("Planning"),
                (
                    "order_policy",
                    "lead_time_days",
                    "safety_stock",
                    "lot_policy",
                    "fixed_lot",
                    "lot_days",
                    "max_stock",
                    "min_lot",
                    "lot_multiple",
                    "max_lot",
                    "yield_percent",
                    "fence_days",
                    "is_master_scheduled",
                    "forecast_backward_periods",
                    "forecast_forward_periods",
                    "weight",
                    "volume",
                ),
            ),
            (
                _("Warehouse"),
                (
                    "second_uom",
                    "second_factor",
                    "shelf_life_days",
                    "inspect_receipts",
                    "pick_rule",
                    "put_away_zone",
                ),
            ),
        ),
        joined=("category", "uom"),
        grid_titles=(_("Other units"), _("Barcodes"), _("Aliases")),
        verbs=(label_of("item", "masterdata.view_item"),),
        labels="masterdata:item-labels",
    ),
    Pages(
        "partner",
        _("Partners"),
        _("New partner"),
        _("A partner is a customer, a supplier, or both."),
        groups=(
            (_("Contact"), ("phone", "email", "website", "language")),
            (
                _("Sales and terms"),
                (
                    "owner",
                    "territory",
                    "customer_class",
                    "sales_price_list",
                    "currency",
                    "payment_term",
                    "credit_limit",
                    "tax",
                ),
            ),
            (_("Note"), ("note",)),
        ),
        joined=("customer_class", "territory", "owner", "payment_term", "currency"),
        detail_template="masterdata/partner/detail.html",
        verbs=(
            Verb(
                _("Merge into another"),
                "masterdata:partner-merge",
                service=merge_partners,
                when=lambda partner: partner.merged_into_id is None,
                link=True,
                icon="arrows-join",
            ),
            Verb(
                _("Undo the merge"),
                "masterdata:partner-unmerge",
                service=unmerge_partner,
                when=lambda partner: partner.merged_into_id is not None,
                reason=True,
                icon="arrows-split",
            ),
        ),
        form_template="masterdata/partner/form.html",
        context=partner_context,
    ),
    Pages(
        "price_list",
        _("Price lists"),
        _("New price list"),
        _("Prices for everybody, for a customer class or for one partner, by quantity and date."),
        groups=((_("For whom and when"), ("partner", "customer_class", "valid_from", "valid_to")),),
        joined=("currency", "partner", "customer_class"),
        grid_titles=(_("Prices"),),
    ),
    Pages(
        "supplier_item",
        _("Suppliers' catalogue"),
        _("New entry"),
        _("What which supplier offers, with his code, lead time and price."),
        joined=("item", "partner", "currency"),
    ),
    Pages(
        "warehouse",
        _("Warehouses"),
        _("New warehouse"),
        _("A warehouse keeps stock; a new one gets its first location by itself."),
        verbs=(
            Verb(
                _("Generate places"),
                "masterdata:warehouse-places",
                service=generate_locations,
                link=True,
                icon="layout-grid-add",
            ),
            labels_of("warehouse"),
        ),
    ),
    Pages(
        "zone",
        _("Zones"),
        _("New zone"),
        _("Parts of a warehouse whose places belong together: cold store, high rack, small parts."),
        joined=("warehouse",),
        verbs=(labels_of("zone"),),
    ),
    Pages(
        "location",
        _("Locations"),
        _("New location"),
        _("Shelves and areas of the warehouses, and the virtual places goods come from and go to."),
        groups=((_("Order and room"), ("pick_order", "put_away_order", "capacity")),),
        verbs=(labels_of("location"),),
        labels="masterdata:place-labels",
        joined=("warehouse", "zone__warehouse"),
    ),
    Pages("unit", _("Units of measure"), _("New unit"), _("Quantities are counted in units.")),
    Pages(
        "item_category",
        _("Item categories"),
        _("New category"),
        _("A tree that sorts the items; prices, accounts and the valuation of stock can follow it."),
        joined=("parent",),
    ),
    Pages("currency", _("Currencies"), _("New currency"), _("Currencies that documents may be in.")),
    Pages(
        "exchange_rate",
        _("Exchange rates"),
        _("New rate"),
        _("What one unit of a foreign currency is in the base currency, from a day on."),
        joined=("currency",),
    ),
    Pages("tax", _("Taxes"), _("New tax"), _("Rates of value-added tax.")),
    Pages(
        "payment_term",
        _("Payment terms"),
        _("New payment terms"),
        _("When documents are to be paid, in one or more instalments."),
        grid_titles=(_("Instalments"),),
    ),
    Pages(
        "work_calendar",
        _("Work calendars"),
        _("New calendar"),
        _("The days the company works; dates of delivery and planning follow it."),
        grid_titles=(_("Special days"),),
        verbs=(
            Verb(
                _("Load public holidays"),
                "masterdata:work-calendar-holidays",
                service=load_holidays,
                link=True,
                icon="calendar-plus",
            ),
        ),
    ),
    Pages(
        "department",
        _("Departments"),
        _("New department"),
        _("Departments ask for goods and bear costs."),
        joined=("parent", "manager"),
    ),
    Pages(
        "employee",
        _("Employees"),
        _("New employee"),
        _("People who work here, with or without a login."),
        joined=("department", "user"),
    ),
    Pages(
        "project",
        _("Projects"),
        _("New project"),
        _("Documents and costs can be gathered under a project."),
        joined=("partner",),
    ),
    Pages("territory", _("Territories"), _("New territory"), _("Where customers are."), joined=("parent",)),
    Pages(
        "customer_class",
        _("Customer classes"),
        _("New customer class"),
        _("Customers of one class share price lists."),
    ),
    Pages(
        "coding_rule",
        _("Coding rules"),
        "",
        _("How items, partners and documents are numbered."),
        may_create=False,
        context=coding_rule_context,
    ),
)
