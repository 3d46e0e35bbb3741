import datetime as dt
from decimal import Decimal

import pytest

from masterdata.selectors.price_reasons import reason_text
from masterdata.selectors.prices import PriceRequest, ResolvedPrice, resolve_price, resolve_prices
from tests.factories import masterdata as make

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def item(db):
    return make.item(
        "MOTOR",
        units=[{"uom": make.uom("BOX"), "factor": Decimal(12)}],
        list_price=Decimal(200),
        category=make.category("DRIVES"),
    )


@pytest.fixture
def customer(item):
    from core.operations import perform
    from masterdata.services.partners import create_customer_class

    vip = perform(create_customer_class, actor=None, code="VIP", name="VIP")
    return make.customer(customer_class=vip)


def price(item, customer, quantity=1, uom=None, *, date=DAY, currency="CNY", kind="sales"):
    found = resolve_price(
        item_id=item.pk,
        partner_id=customer.pk if customer else None,
        quantity=Decimal(quantity),
        uom_id=make.uom(uom).pk if uom else None,
        date=date,
        currency_id=make.currency(currency).pk,
        kind=kind,
    )
    return found and found.price


def test_list_of_the_partner_before_class_before_general_before_list_price(item, customer):
    assert price(item, customer) == Decimal(200)
    make.price_list({"item": item, "price": Decimal(190)})
    assert price(item, customer) == Decimal(190)
    make.price_list({"item": item, "price": Decimal(180)}, customer_class=customer.customer_class)
    assert price(item, customer) == Decimal(180)
    make.price_list({"item": item, "price": Decimal(170)}, partner=customer)
    assert price(item, customer) == Decimal(170)
    assert price(item, make.customer()) == Decimal(190)
    assert price(item, None) == Decimal(190)


def test_list_assigned_to_the_partner_counts_as_his_own(item, customer):
    from core.operations import perform
    from masterdata.services.partners import update_partner

    make.price_list({"item": item, "price": Decimal(170)}, customer_class=customer.customer_class)
    export = make.price_list({"item": item, "price": Decimal(175)})
    perform(update_partner, actor=None, partner_id=customer.pk, sales_price_list=export)
    assert price(item, customer) == Decimal(175)


def test_item_before_category_and_near_before_far(item, customer):
    root = make.category("ROOT")
    from core.operations import perform
    from masterdata.services.items import update_item_category

    perform(update_item_category, actor=None, item_category_id=item.category_id, parent=root)
    make.price_list(
        {"category": root, "discount_percent": Decimal(5)},
        {"category": item.category, "discount_percent": Decimal(10)},
    )
    assert price(item, customer) == Decimal(180)
    make.price_list({"item": item, "price": Decimal(195)})
    assert price(item, customer) == Decimal(195)


def test_quantity_breaks_in_any_unit(item, customer):
    make.price_list(
        {"item": item, "price": Decimal(100)},
        {"item": item, "price": Decimal(90), "min_quantity": Decimal(10)},
        {"item": item, "price": Decimal(960), "uom": make.uom("BOX"), "min_quantity": Decimal(2)},
    )
    assert price(item, customer, 9) == Decimal(100)
    assert price(item, customer, 10) == Decimal(90)
    assert price(item, customer, 24) == Decimal(90), "the line in the asked unit comes first"
    assert price(item, customer, 1, "BOX") == Decimal(1080), "12 pieces reach the break of 10"
    assert price(item, customer, 2, "BOX") == Decimal(960)
    assert price(item, customer, -10) == Decimal(90), "a return asks like the sale"


def test_validity_of_list_and_line_ends_exclusively(item, customer):
    make.price_list(
        {"item": item, "price": Decimal(150), "valid_to": DAY},
        {"item": item, "price": Decimal(160), "valid_from": DAY},
        valid_to=dt.date(2027, 1, 1),
    )
    assert price(item, customer, date=DAY - dt.timedelta(1)) == Decimal(150)
    assert price(item, customer) == Decimal(160)
    assert price(item, customer, date=dt.date(2027, 1, 1)) == Decimal(200)


def test_other_currency_uses_its_lists_or_the_list_price_at_the_rate(item, customer):
    make.price_list({"item": item, "price": Decimal(100)})
    assert price(item, customer, currency="USD") is None
    make.exchange_rate("USD", "8", DAY)
    assert price(item, customer, currency="USD") == Decimal(25)
    make.price_list({"item": item, "price": Decimal(24)}, currency=make.currency("USD"))
    assert price(item, customer, currency="USD") == Decimal(24)


def test_closed_lists_and_foreign_units_give_nothing(item, customer):
    make.price_list({"item": item, "price": Decimal(1)}, is_active=False)
    assert price(item, customer) == Decimal(200)
    assert price(item, customer, 1, "KG") is None
    assert price(make.item(), customer) is None


def test_reason_floor_and_tax_mode_come_with_the_price(item, customer):
    book = make.price_list(
        {
            "item": item,
            "price": Decimal(100),
            "discount_percent": Decimal(10),
            "min_quantity": Decimal(5),
            "floor_price": Decimal(80),
        },
        partner=customer,
        tax_included=True,
    )
    found = resolve_price(item.pk, customer.pk, Decimal(5), None, DAY, make.currency().pk)
    line = book.lines.get()
    assert found == ResolvedPrice(Decimal(90), True, Decimal(80), found.reason, line.pk)
    assert found.reason == f"list|{book.code}|partner|0|5|10"
    assert reason_text(found.reason) == f"{book.code} (for this partner), from 5, less 10 %"
    assert reason_text("LIST 2025 general") == "LIST 2025 general"


def test_discount_on_a_list_price_is_without_tax_and_needs_a_list_price(item, customer):
    make.price_list({"item": item, "discount_percent": Decimal(20)}, tax_included=True)
    found = resolve_price(item.pk, customer.pk, Decimal(1), None, DAY, make.currency().pk)
    assert (found.price, found.tax_included) == (Decimal(160), False)
    bare = make.item()
    make.price_list({"item": bare, "discount_percent": Decimal(20)}, partner=customer)
    make.price_list({"item": bare, "price": Decimal(7)})
    assert price(bare, customer) == Decimal(7)


def test_purchase_prices_come_from_purchase_lists_then_the_catalogue(item, customer):
    supplier = make.supplier()
    assert price(item, supplier, kind="purchase") is None
    make.supplier_item(supplier, item, "50")
    make.price_list({"item": item, "price": Decimal(1)})
    assert price(item, supplier, kind="purchase") == Decimal(50)
    assert price(item, supplier, 1, "BOX", kind="purchase") == Decimal(600)
    make.exchange_rate("USD", "8", DAY)
    assert price(item, supplier, currency="USD", kind="purchase") == Decimal("6.25")
    make.price_list(
        {"item": item, "price": Decimal(45), "min_quantity": Decimal(100)}, kind="purchase", partner=supplier
    )
    assert price(item, supplier, 100, kind="purchase") == Decimal(45)
    assert price(item, supplier, 99, kind="purchase") == Decimal(50)


def test_many_requests_cost_as_many_statements_as_one(item, customer, django_assert_max_num_queries):
    make.price_list(
        *({"item": make.item(), "price": Decimal(5)} for _ in range(5)), {"item": item, "price": Decimal(3)}
    )
    cny = make.currency().pk
    from masterdata.models import Item

    requests = [
        PriceRequest(pk, customer.pk, Decimal(1), None, DAY, cny) for pk in Item.objects.values_list("pk", flat=True)
    ]
    with django_assert_max_num_queries(8):
        found = resolve_prices(requests * 20)
    assert [one.price for one in found].count(Decimal(5)) == 100
    assert resolve_prices([]) == []
