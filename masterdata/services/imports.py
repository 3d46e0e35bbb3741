"""Rows of files: create a record or change the one of the same code; codes in cells are looked up."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.text import capfirst

from core.models import User
from core.operations import operation
from masterdata.errors import UnknownChoice, UnknownCode
from masterdata.models import (
    Currency,
    CustomerClass,
    Item,
    ItemCategory,
    Location,
    Partner,
    PaymentTerm,
    PriceList,
    PriceListLine,
    SupplierItem,
    Tax,
    Territory,
    UnitOfMeasure,
    Warehouse,
    Zone,
)
from masterdata.selectors.currencies import base_currency
from masterdata.services import company
from masterdata.services.items import create_item, create_supplier_item, update_item, update_supplier_item
from masterdata.services.money import create_price_list, update_price_list
from masterdata.services.partners import create_partner, update_partner

Row = Mapping[str, Any]
KEYS: dict[str, tuple[type[models.Model], str]] = {
    "uom": (UnitOfMeasure, "code"),
    "category": (ItemCategory, "code"),
    "tax": (Tax, "code"),
    "item": (Item, "code"),
    "partner": (Partner, "code"),
    "currency": (Currency, "code"),
    "payment_term": (PaymentTerm, "code"),
    "customer_class": (CustomerClass, "code"),
    "territory": (Territory, "code"),
    "sales_price_list": (PriceList, "code"),
    "owner": (User, "username"),
    "warehouse": (Warehouse, "code"),
}
LINE_KEY = ("item_id", "category_id", "uom_id", "min_quantity", "valid_from")


@operation(permission="masterdata.change_item")
def import_item(*, values: Row, barcode: str = "", old_code: str = "", actor: Any, at: dt.datetime) -> Item:
    """Create an item, or change the one of the same code; barcode and old code are added to what it has.

    Raises:
        UnknownCode: a cell names a unit, category or tax that does not exist.
        UnknownChoice: a cell is none of the choices of its column.
    """
    given = _resolved(Item, values)
    found = Item.objects.filter(code=given.get("code") or "").first()
    if barcode:
        given["barcodes"] = _added(found, "barcodes", "barcode", {"barcode": barcode})
    if old_code:
        given["aliases"] = _added(found, "aliases", "code", {"kind": "old", "code": old_code})
    if found is None:
        return create_item(**given, actor=actor, at=at)
    return update_item(item_id=found.pk, **given, actor=actor, at=at)


@operation(permission="masterdata.change_partner")
def import_partner(
    *, values: Row, address: Row, contact: Row, bank_account: Row, accept_duplicates: bool, actor: Any, at: dt.datetime
) -> Partner:
    """Create a partner with an address, a contact and a bank account, or change the one of the same code.

    Parts are added when the partner has none alike (same street, name or account number).

    Raises:
        UnknownCode, UnknownChoice: see `import_item`.
        DuplicateTaxNumber, PossibleDuplicate: another partner looks like it.
    """
    given = _resolved(Partner, values)
    found = Partner.objects.filter(code=given.get("code") or "").first()
    for name, key, part in (
        ("addresses", "street", address),
        ("contacts", "name", contact),
        ("bank_accounts", "account_number", bank_account),
    ):
        if part.get(key):
            given[name] = _added(found, name, key, {key: part[key]} | _filled(part))
    given["accept_duplicates"] = accept_duplicates
    if found is None:
        given.setdefault("currency", base_currency())
        return create_partner(**given, actor=actor, at=at)
    return update_partner(partner_id=found.pk, **given, actor=actor, at=at)


@operation(permission="masterdata.change_pricelist")
def import_price_list(*, values: Row, lines: Sequence[Row], actor: Any, at: dt.datetime) -> PriceList:
    """Create a price list, or change the one of the same code: its lines of equal item, unit, break and date are
    replaced, new ones added, the others stay.

    Raises:
        UnknownCode, UnknownChoice: see `import_item`.
    """
    given = _resolved(PriceList, values)
    found = PriceList.objects.filter(code=given.get("code") or "").first()
    fresh = [_resolved(PriceListLine, line) for line in lines]
    if found is None:
        given.setdefault("currency", base_currency())
        given.setdefault("name", given.get("code", ""))
        return create_price_list(**given, lines=fresh, actor=actor, at=at)
    stored = {_line_key(line): line.pk for line in found.lines.all()}
    rows = {pk: {"id": pk} for pk in stored.values()}
    added = []
    for line in fresh:
        pk = stored.get(_line_key(PriceListLine(**line)))
        if pk is None:
            added.append(line)
        else:
            rows[pk] |= line
    return update_price_list(price_list_id=found.pk, **given, lines=[*rows.values(), *added], actor=actor, at=at)


@operation(permission="masterdata.change_supplieritem")
def import_supplier_item(*, values: Row, actor: Any, at: dt.datetime) -> SupplierItem:
    """Create an entry of the suppliers' catalogue, or change the one of the same supplier and item.

    Raises:
        UnknownCode: supplier, item or currency does not exist.
    """
    given = _resolved(SupplierItem, values)
    found = SupplierItem.objects.filter(partner=given["partner"], item=given["item"]).first()
    if found is None:
        given.setdefault("currency", given["partner"].currency)
        return create_supplier_item(**given, actor=actor, at=at)
    return update_supplier_item(supplier_item_id=found.pk, **given, actor=actor, at=at)


@operation(permission="masterdata.change_location")
def import_location(*, values: Row, actor: Any, at: dt.datetime) -> Location:
    """Create a place, or change the one of the same warehouse and code; a zone that does not exist yet is made.

    Raises:
        UnknownCode, UnknownChoice: see `import_item`.
    """
    zone_code = str(values.get("zone") or "").strip()
    given = _resolved(Location, {name: value for name, value in values.items() if name != "zone"})
    given.setdefault("name", given["code"])
    if zone_code:
        given["zone"] = Zone.objects.filter(
            warehouse=given["warehouse"], code=zone_code
        ).first() or company.create_zone(
            warehouse=given["warehouse"], code=zone_code, name=zone_code, actor=actor, at=at
        )
    found = Location.objects.filter(warehouse=given["warehouse"], code=given["code"]).first()
    if found is None:
        return company.create_location(**given, actor=actor, at=at)
    return company.update_location(location_id=found.pk, **given, actor=actor, at=at)


def _resolved(model: type[models.Model], values: Row) -> dict[str, Any]:
    """Leave out empty cells, turn codes into rows and words into choices."""
    given: dict[str, Any] = {}
    for name, value in _filled(values).items():
        column = model._meta.get_field(name)
        if column.is_relation:
            given[name] = _by_code(name, str(value))
        elif column.choices:  # type: ignore[union-attr]
            given[name] = _choice(column, str(value))
        else:
            given[name] = value
    return given


def _filled(values: Row) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _by_code(name: str, code: str) -> models.Model:
    model, key = KEYS[name]
    found = model._default_manager.filter(**{key: code}).first()
    if found is None:
        raise UnknownCode(kind=capfirst(str(model._meta.verbose_name)), value=code, field=name)
    return found


def _choice(column: Any, text: str) -> str:
    """Accept the stored value and its label in either language."""
    words: dict[str, str] = {str(value).lower(): value for value, _label in column.choices}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words |= {str(label).lower(): value for value, label in column.choices}
    found = words.get(text.strip().lower())
    if found is None:
        choices = [str(label) for _value, label in column.choices]
        raise UnknownChoice(column=capfirst(str(column.verbose_name)), value=text, choices=choices, field=column.name)
    return found


def _added(owner: Any, name: str, key: str, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a grid: those stored, and ``row`` where none has the same ``key``."""
    stored = list(getattr(owner, name).all()) if owner is not None else []
    if any(getattr(one, key) == row[key] for one in stored):
        return [{"id": one.pk} for one in stored]
    return [*({"id": one.pk} for one in stored), row]


def _line_key(line: PriceListLine) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in LINE_KEY)
