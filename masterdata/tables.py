"""Lists of master data, one declaration per kind."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.fields import AmountField, PercentField, QuantityField, RateField, UnitCostField, UnitPriceField
from core.tables import AmountColumn, DateColumn, DocumentTable, PriceColumn, QuantityColumn, SelectColumn
from masterdata.selectors.calendars import worked_days
from masterdata.services.records import RECORDS

COLUMN_OF: tuple[tuple[type[models.Field], type[tables.Column]], ...] = (
    (UnitPriceField, PriceColumn),
    (UnitCostField, PriceColumn),
    (AmountField, AmountColumn),
    (QuantityField, QuantityColumn),
    (RateField, QuantityColumn),
    (PercentField, QuantityColumn),
    (models.DateField, DateColumn),
    (models.IntegerField, QuantityColumn),
)


class NameColumn(tables.Column):
    """The name in the reader's language, with a mark when the record is closed."""

    def render(self, value: Any, record: Any) -> str:
        if getattr(record, "is_active", True):
            return str(value)
        return format_html('{} <span class="badge state-badge" data-state="closed">{}</span>', value, _("Closed"))

    def value(self, value: Any) -> Any:
        return value


class FlagColumn(tables.Column):
    """A yes, or nothing."""

    def render(self, value: Any) -> str:
        return str(_("Yes")) if value else ""

    def value(self, value: Any) -> Any:
        return bool(value)


class WeekdaysColumn(tables.Column):
    """The days of the week that are worked, by name."""

    def render(self, value: str) -> str:
        return worked_days(value)


class TargetColumn(tables.Column):
    """What a coding rule numbers, by its name."""

    def render(self, value: str) -> str:
        return capfirst(str(apps.get_model(value)._meta.verbose_name))


class CodeColumn(tables.Column):
    """The first column: it opens the record."""

    attrs = {"td": {"class": "text-nowrap"}}

    def __init__(self, key: str) -> None:
        super().__init__(linkify=lambda record: page_of(key, record))


def page_of(key: str, record: models.Model) -> str:
    """Return the address of the page of a record."""
    return reverse(f"masterdata:{key.replace('_', '-')}-detail", args=[record.pk])


def _column(key: str, name: str, is_first: bool) -> tables.Column:
    model = RECORDS[key].model
    if name == "name":
        order = ("pinyin", "name") if hasattr(model, "pinyin") else ("name",)
        return NameColumn(accessor="label", verbose_name=_("Name"), order_by=order)
    field = model._meta.get_field(name)
    if name in {"target", "weekdays"}:
        return WeekdaysColumn() if name == "weekdays" else TargetColumn(linkify=lambda record: page_of(key, record))
    if is_first:
        return CodeColumn(key)
    if isinstance(field, models.BooleanField):
        return FlagColumn(verbose_name=field.verbose_name)
    for kind, column in COLUMN_OF:
        if isinstance(field, kind):
            return column()
    return tables.Column()


def _table(key: str, *names: str, on_wish: Sequence[str] = (), selectable: bool = False) -> type[DocumentTable]:
    """Make the table of one kind; its rows open the record's page; ``on_wish`` columns stand in it when chosen.

    selectable  its rows may be ticked.
    """
    attributes: dict[str, Any] = {name: _column(key, name, index == 0) for index, name in enumerate(names)}
    if selectable:
        attributes = {"select": SelectColumn()} | attributes
    attributes["ON_WISH"] = on_wish
    model = RECORDS[key].model
    attributes["Meta"] = type(
        "Meta",
        (DocumentTable.Meta,),
        {
            "model": model,
            "fields": names,
            "sequence": ("select", *names) if selectable else names,
            "row_attrs": {"data-href": lambda record: page_of(key, record)},
        },
    )
    return type(f"{model.__name__}Table", (DocumentTable,), attributes)


TABLES: dict[str, type[DocumentTable]] = {
    "item": _table(
        "item",
        "code",
        "name",
        "specification",
        "category",
        "uom",
        "supply_type",
        "tracking",
        "list_price",
        "standard_cost",
        "safety_stock",
        "lead_time_days",
        "brand",
        "drawing_number",
        on_wish=("brand", "drawing_number"),
        selectable=True,
    ),
    "partner": _table(
        "partner",
        "code",
        "name",
        "short_name",
        "is_customer",
        "is_supplier",
        "customer_class",
        "territory",
        "owner",
        "phone",
        "payment_term",
        "credit_limit",
        "currency",
        "tax_number",
        on_wish=("short_name", "territory", "tax_number"),
    ),
    "price_list": _table(
        "price_list",
        "code",
        "name",
        "kind",
        "currency",
        "tax_included",
        "partner",
        "customer_class",
        "valid_from",
        "valid_to",
    ),
    "supplier_item": _table(
        "supplier_item",
        "item",
        "partner",
        "supplier_code",
        "price",
        "currency",
        "lead_time_days",
        "min_order",
        "is_preferred",
        "is_active",
    ),
    "warehouse": _table("warehouse", "code", "name", "address", "contact_name", "phone", "pick_rule"),
    "zone": _table("zone", "code", "name", "warehouse"),
    "location": _table(
        "location",
        "code",
        "name",
        "warehouse",
        "zone",
        "kind",
        "status",
        "pick_order",
        "put_away_order",
        "capacity",
        "is_default",
        selectable=True,
    ),
    "unit": _table("unit", "code", "name", "decimals"),
    "item_category": _table("item_category", "code", "name", "parent", "valuation_method"),
    "currency": _table("currency", "code", "name", "symbol", "decimals"),
    "exchange_rate": _table("exchange_rate", "currency", "date", "rate"),
    "tax": _table("tax", "code", "name", "rate", "is_default"),
    "payment_term": _table("payment_term", "code", "name"),
    "work_calendar": _table("work_calendar", "code", "name", "weekdays", "is_company"),
    "department": _table("department", "code", "name", "parent", "manager"),
    "employee": _table("employee", "code", "name", "department", "position", "badge", "labour_rate", "user"),
    "project": _table("project", "code", "name", "partner"),
    "territory": _table("territory", "code", "name", "parent"),
    "customer_class": _table("customer_class", "code", "name"),
    "coding_rule": _table("coding_rule", "target", "prefix", "date_part", "separator", "digits", "check_digit"),
}
