"""Currencies and rates, taxes, payment terms, price lists."""

from decimal import Decimal
from typing import Any

from masterdata.errors import BaseCurrencyFixed, EmptyCategoryPrice, SharesNotWhole
from masterdata.models import (
    Currency,
    ExchangeRate,
    PaymentTerm,
    PaymentTermLine,
    PriceList,
    PriceListLine,
    Tax,
)
from masterdata.selectors.currencies import base_currency_code
from masterdata.services.bulk import bulk_operation
from masterdata.services.records import Entry, Grid, Record, operations


def _check_currency(currency: Currency, entry: Entry) -> None:
    if not currency.is_active and currency.code == base_currency_code():
        raise BaseCurrencyFixed(currency=currency, field="is_active")


def _check_rate(rate: ExchangeRate, entry: Entry) -> None:
    if rate.currency.code == base_currency_code():
        raise BaseCurrencyFixed(currency=rate.currency, field="currency")


def _check_shares(term: PaymentTerm, entry: Entry) -> None:
    if "lines" not in entry.grids and entry.before:
        return
    stored: dict[Any, Decimal] = dict(term.lines.values_list("pk", "percent")) if term.pk else {}
    shares = [row.get("percent", stored.get(row.get("id"))) for row in entry.grids.get("lines", ())]
    total = sum((Decimal(share) for share in shares if share is not None), Decimal(0))
    if total != 100:
        raise SharesNotWhole(total=total, field="lines")


def _check_price_list(price_list: PriceList, entry: Entry) -> None:
    for row in entry.grids.get("lines", ()):
        category = row.get("category") or row.get("category_id")
        if category and not row.get("price") and not row.get("discount_percent"):
            raise EmptyCategoryPrice(category=category, field="lines")


CURRENCY = Record(
    Currency,
    "currency",
    ("code", "name", "name_zh", "symbol", "decimals", "is_active"),
    check=_check_currency,
)
RATE = Record(ExchangeRate, "exchange_rate", ("currency", "date", "rate"), check=_check_rate)
TAX = Record(
    Tax,
    "tax",
    ("code", "name", "name_zh", "rate", "is_default", "is_active"),
    only_one=("is_default", ()),
)
PAYMENT_TERM = Record(
    PaymentTerm,
    "payment_term",
    ("code", "name", "name_zh", "discount_percent", "discount_days", "is_active"),
    grids=(Grid("lines", PaymentTermLine, "term", ("percent", "basis", "days", "end_of_month"), numbered=True),),
    check=_check_shares,
)
PRICE_LIST = Record(
    PriceList,
    "price_list",
    (
        "code",
        "name",
        "name_zh",
        "kind",
        "currency",
        "tax_included",
        "partner",
        "customer_class",
        "valid_from",
        "valid_to",
        "is_active",
    ),
    grids=(
        Grid(
            "lines",
            PriceListLine,
            "price_list",
            (
                "item",
                "category",
                "uom",
                "min_quantity",
                "price",
                "discount_percent",
                "floor_price",
                "valid_from",
                "valid_to",
            ),
            paged=True,
        ),
    ),
    check=_check_price_list,
    numbered=True,
)

create_currency, update_currency = operations(CURRENCY)
create_exchange_rate, update_exchange_rate = operations(RATE)
create_tax, update_tax = operations(TAX)
create_payment_term, update_payment_term = operations(PAYMENT_TERM)
create_price_list, update_price_list = operations(PRICE_LIST)
create_many_currencies = bulk_operation(CURRENCY)
create_many_taxes = bulk_operation(TAX)
create_many_payment_terms = bulk_operation(PAYMENT_TERM)
create_many_price_lists = bulk_operation(PRICE_LIST)
create_many_exchange_rates = bulk_operation(RATE)
