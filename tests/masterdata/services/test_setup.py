import datetime as dt
from decimal import Decimal

import pytest

from core.errors import InvalidInput, MissingRight
from core.models import CodingRule
from core.operations import perform
from masterdata.errors import BaseCurrencyFixed, EmptyCategoryPrice, SharesNotWhole, UnknownHolidays
from masterdata.models import (
    CalendarDay,
    Currency,
    Location,
    PaymentTerm,
    PaymentTermLine,
    PriceList,
    Tax,
    UnitOfMeasure,
    WorkCalendar,
)
from masterdata.services import calendars, company, items, money
from masterdata.services.setup import ensure_basics, ensure_currency
from tests.factories import core
from tests.factories import masterdata as make


def counts():
    kinds = (
        UnitOfMeasure,
        Currency,
        Tax,
        PaymentTerm,
        PaymentTermLine,
        Location,
        WorkCalendar,
        CalendarDay,
        CodingRule,
    )
    return [kind.objects.count() for kind in kinds]


def test_ensure_basics_twice_changes_nothing(db):
    perform(ensure_basics, actor=None)
    first = counts()
    assert all(first)
    perform(ensure_basics, actor=None)
    assert counts() == first
    assert Tax.objects.get(is_default=True).code == "VAT13"
    assert {("CNY", 2), ("JPY", 0)} <= set(Currency.objects.values_list("code", "decimals"))
    assert Currency.objects.get(code="CNY").name_zh == "人民币"
    assert PaymentTerm.objects.get(code="30-60-10").lines.count() == 3
    assert sum(line.percent for line in PaymentTermLine.objects.filter(term__code="30-60-10")) == 100


def test_ensure_basics_of_a_company_abroad(db):
    core.company(country="US", base_currency="SEK", pinned_date=dt.date(2025, 9, 22))
    perform(ensure_basics, actor=None)
    assert Tax.objects.get(is_default=True).rate == 0
    assert Currency.objects.filter(code="SEK").exists()
    holidays = CalendarDay.objects.filter(date__year=2025).values_list("date", flat=True)
    assert dt.date(2025, 7, 4) in holidays


def test_ensure_basics_asks_for_the_right(db):
    with pytest.raises(MissingRight):
        perform(ensure_basics, actor=core.user())


def test_ensure_currency_makes_it_once(db):
    assert perform(ensure_currency, actor=None, code="KWD").decimals == 3
    assert perform(ensure_currency, actor=None, code="KWD").pk == Currency.objects.get().pk


def test_chinese_holidays_and_make_up_days(db):
    calendar = perform(calendars.create_work_calendar, actor=None, code="CN", name="China")
    perform(
        calendars.update_work_calendar,
        actor=None,
        work_calendar_id=calendar.pk,
        days=[{"date": dt.date(2026, 10, 1), "is_working": True, "name": "we work"}],
    )
    perform(calendars.load_holidays, actor=None, work_calendar_id=calendar.pk, year=2026, country="CN")
    days = dict(calendar.days.values_list("date", "is_working"))
    assert days[dt.date(2026, 10, 1)] is True, "a day entered by hand stays"
    assert days[dt.date(2026, 10, 2)] is False
    assert days[dt.date(2026, 10, 10)] is True, "a Saturday is made up"
    assert dt.date(2026, 10, 3) not in days, "a Saturday is free anyhow"
    version = WorkCalendar.objects.get(pk=calendar.pk).version
    perform(calendars.load_holidays, actor=None, work_calendar_id=calendar.pk, year=2026, country="CN")
    assert WorkCalendar.objects.get(pk=calendar.pk).version == version, "nothing new"
    with pytest.raises(UnknownHolidays):
        perform(calendars.load_holidays, actor=None, work_calendar_id=calendar.pk, year=2026, country="XX")


def test_one_calendar_is_the_companys(db):
    make.basics()
    fresh = perform(calendars.create_work_calendar, actor=None, code="B", name="B", is_company=True)
    assert list(WorkCalendar.objects.filter(is_company=True)) == [fresh]
    with pytest.raises(InvalidInput):
        perform(calendars.create_work_calendar, actor=None, code="C", name="C", weekdays="0000000")


def test_one_tax_is_the_default(db):
    make.basics()
    fresh = perform(money.create_tax, actor=None, code="GST", name="GST", rate=Decimal(5), is_default=True)
    assert list(Tax.objects.filter(is_default=True)) == [fresh]
    with pytest.raises(InvalidInput):
        perform(money.create_tax, actor=None, code="X", name="X", rate=Decimal(101))


@pytest.mark.parametrize("shares", [[], [50], [50, 49], [60, 60]])
def test_instalments_add_up_to_the_whole(db, shares):
    lines = [{"percent": Decimal(share), "basis": "invoice"} for share in shares]
    with pytest.raises(SharesNotWhole):
        perform(money.create_payment_term, actor=None, code="T", name="T", lines=lines)
    assert not PaymentTerm.objects.exists()


def test_instalments_are_numbered_by_their_place(db):
    half = {"percent": Decimal(50), "basis": "order"}
    term = perform(money.create_payment_term, actor=None, code="T", name="T", lines=[half, half | {"days": 9}])
    first, second = term.lines.all()
    assert (first.line_no, second.line_no, second.days) == (1, 2, 9)
    perform(
        money.update_payment_term,
        actor=None,
        payment_term_id=term.pk,
        lines=[{"id": second.pk, "percent": Decimal(40)}, {"percent": Decimal(60), "basis": "shipment"}],
    )
    assert [(one.line_no, one.percent, one.days) for one in term.lines.all()] == [
        (1, Decimal(40), 9),
        (2, Decimal(60), 0),
    ]
    renamed = perform(money.update_payment_term, actor=None, payment_term_id=term.pk, name="Terms")
    assert renamed.lines.count() == 2


def test_base_currency_has_no_rate_and_stays_open(db):
    make.basics()
    with pytest.raises(BaseCurrencyFixed):
        make.exchange_rate("CNY", "1", dt.date(2026, 1, 1))
    with pytest.raises(BaseCurrencyFixed):
        perform(money.update_currency, actor=None, currency_id=make.currency().pk, is_active=False)
    with pytest.raises(InvalidInput):
        make.exchange_rate("USD", "0", dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    "line",
    [
        {"price": Decimal(-1)},
        {"price": Decimal(1), "discount_percent": Decimal(101)},
        {"price": Decimal(1), "valid_from": dt.date(2026, 2, 1), "valid_to": dt.date(2026, 2, 1)},
    ],
)
def test_wrong_prices_are_refused(db, line):
    with pytest.raises(InvalidInput):
        make.price_list(line | {"item": make.item()})
    assert not PriceList.objects.exists()


def test_a_price_names_an_item_or_a_category(db):
    for line in ({"price": Decimal(1)}, {"price": Decimal(1), "item": make.item(), "category": make.category()}):
        with pytest.raises(InvalidInput):
            make.price_list(line)
    with pytest.raises(EmptyCategoryPrice):
        make.price_list({"category": make.category()})
    with pytest.raises(InvalidInput):
        make.price_list(partner=make.customer(), customer_class_id=1)


def test_a_new_warehouse_has_a_place_for_goods(db):
    place = make.warehouse().locations.get()
    assert (place.code, place.kind, place.is_default) == ("STOCK", "storage", True)
    with pytest.raises(InvalidInput):
        perform(company.create_location, actor=None, code="X", name="X", kind="storage")
    with pytest.raises(InvalidInput):
        make.location(place.warehouse, "STOCK")


def test_employees_without_badge_do_not_clash(db):
    assert [make.employee(badge="").badge, make.employee().badge] == [None, None]
    make.employee(badge="7")
    with pytest.raises(InvalidInput):
        make.employee(badge="7")


def test_a_coding_rule_shapes_the_next_code(db):
    make.basics()
    rule = CodingRule.objects.get(target="masterdata.item")
    values = {"prefix": "MAT", "date_part": "", "separator": ".", "digits": 3, "check_digit": "luhn"}
    perform(company.update_coding_rule, actor=None, coding_rule_id=rule.pk, **values)
    made = perform(items.create_item, actor=None, name="x", uom=make.uom())
    assert made.code == "MAT.0018"
    with pytest.raises(InvalidInput):
        perform(company.update_coding_rule, actor=None, coding_rule_id=rule.pk, digits=0)
