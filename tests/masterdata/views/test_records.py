"""Every kind of master data has the same pages: they are asked the same questions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from masterdata.models import PriceListLine, WorkCalendar
from masterdata.services.records import RECORDS as KINDS
from masterdata.views.catalogue import CATALOGUE
from tests.factories import core
from tests.masterdata import samples

PAGES = {pages.key: pages for pages in CATALOGUE}
ALL = sorted(PAGES)
CREATABLE = sorted(key for key, pages in PAGES.items() if pages.may_create)


def address(key, page, record=None):
    return reverse(PAGES[key].url(page), args=[record.pk] if record else [])


def stored(row):
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}


@pytest.fixture
def boss(db):
    return core.superuser()


@pytest.mark.parametrize("key", ALL)
def test_pages_ask_for_login_and_right(db, client, key):
    record = samples.RECORDS[key]()
    rights = {"list": "view", "detail": "view", "edit": "change"} | ({"create": "add"} if key in CREATABLE else {})
    for page, verb in rights.items():
        url = address(key, page, None if page in {"list", "create"} else record)
        client.logout()
        assert client.get(url).status_code == 302, url
        client.force_login(core.user())
        assert client.get(url).status_code == 403, url
        client.force_login(core.user(KINDS[key].permission(verb)))
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("key", ALL)
def test_list_and_detail_show_the_record(client, boss, key):
    record = samples.RECORDS[key]()
    client.force_login(boss)
    name = getattr(record, "code", "")
    for page in (address(key, "list"), address(key, "detail", record)):
        answer = client.get(page)
        assert answer.status_code == 200
        assert name in answer.content.decode()
    assert client.get(f"{address(key, 'list')}?q=zzzz-nothing").status_code == 200


@pytest.mark.parametrize("key", CREATABLE)
def test_create_by_the_form(client, boss, key):
    posted = {"code": "NEW-1", "name": "Made by hand"} | samples.typed(key)
    client.force_login(boss)
    model = KINDS[key].model
    before = set(model.objects.values_list("pk", flat=True))
    answer = client.post(address(key, "create"), posted)
    assert answer.status_code == 302, answer.context["form"].errors
    [made] = model.objects.exclude(pk__in=before)
    assert answer.url == address(key, "detail", made)


@pytest.mark.parametrize("key", ALL)
def test_edit_form_saved_as_it_stands_changes_nothing(client, boss, key):
    """What the form shows is what is stored: saving it untouched writes no new version and loses no row."""
    record = samples.RECORDS[key]()
    client.force_login(boss)
    page = client.get(address(key, "edit", record))
    posted = {"version": record.version} if hasattr(record, "version") else {}
    grids = list(page.context["formset"] or ())
    forms = [page.context["form"], *grids, *(grid.management_form for grid in grids)]
    for field in (field for part in forms for form in (part if part in grids else [part]) for field in form):
        if field.value() is not None and field.value() is not False:
            posted[field.html_name] = "on" if field.value() is True else field.value()
            if field.name == "weekdays":
                posted[field.html_name] = field.field.widget.format_value(field.value())
    before = stored(record), [[stored(row) for row in getattr(record, grid.name).all()] for grid in KINDS[key].grids]
    answer = client.post(address(key, "edit", record), posted)
    assert answer.status_code == 302, answer.context["refusal"] or answer.context["form"].errors
    record = KINDS[key].model.objects.get(pk=record.pk)
    after = stored(record), [[stored(row) for row in getattr(record, grid.name).all()] for grid in KINDS[key].grids]
    for columns in (before[0], after[0]):
        columns.pop("version", None)
    assert after == before


def test_wrong_input_keeps_what_was_typed(client, boss):
    client.force_login(boss)
    posted = {"code": "A", "name": "Typed name"} | samples.typed("item") | {"safety_stock": "minus one"}
    answer = client.post(address("item", "create"), posted)
    assert answer.status_code == 422
    assert b"Typed name" in answer.content
    assert answer.context["form"]["safety_stock"].errors


def test_refusal_of_the_service_marks_its_field(client, boss):
    from tests.factories import masterdata as make

    make.item("TAKEN")
    client.force_login(boss)
    answer = client.post(address("item", "create"), {"code": "TAKEN", "name": "Typed"} | samples.typed("item"))
    assert answer.status_code == 422
    assert answer.context["form"]["code"].errors
    assert b"Typed" in answer.content


def test_a_stale_form_is_refused(client, boss):
    from core.operations import perform
    from masterdata.services.items import update_unit

    unit = samples.RECORDS["unit"]()
    client.force_login(boss)
    perform(update_unit, actor=None, unit_id=unit.pk, name="changed meanwhile")
    posted = {"code": unit.code, "name": "mine", "decimals": "0", "version": "0"}
    answer = client.post(address("unit", "edit", unit), posted)
    assert answer.status_code == 409
    unit.refresh_from_db()
    assert unit.name == "changed meanwhile"


def test_a_second_click_makes_nothing_twice(client, boss):
    client.force_login(boss)
    posted = {"code": "", "name": "Once", "_key": "click-1"} | samples.typed("item")
    first = client.post(address("item", "create"), posted)
    second = client.post(address("item", "create"), posted)
    assert first.url == second.url


def test_an_unknown_row_of_another_record_is_not_taken(client, boss):
    from tests.factories import masterdata as make

    theirs, mine = samples.RECORDS["price_list"](), make.price_list()
    client.force_login(boss)
    posted = samples.typed("price_list") | {"code": mine.code, "name": "x", "lines-0-id": theirs.lines.get().pk}
    assert client.post(address("price_list", "edit", mine), posted).status_code == 409
    assert theirs.lines.count() == 1


def test_lists_filter_search_sort_and_export(client, boss):
    from tests.factories import masterdata as make

    make.item("AAA", name_zh="轴承", supply_type="make")
    make.item("BBB", supply_type="buy")
    client.force_login(boss)
    url = address("item", "list")
    for query, codes in (
        ("?supply_type=make", ["AAA"]),
        ("?q=zc", ["AAA"]),
        ("?sort=-code", ["BBB", "AAA"]),
        ("?supply_type=nonsense", ["AAA", "BBB"]),
    ):
        table = client.get(url + query).context["table"]
        assert [row.record.code for row in table.rows] == codes, query
    sheet = client.get(f"{url}?export=csv&supply_type=make")
    text = (
        b"".join(sheet.streaming_content).decode("utf-8-sig") if sheet.streaming else sheet.content.decode("utf-8-sig")
    )
    assert "AAA" in text
    assert "BBB" not in text


def test_costs_are_hidden_from_page_list_form_and_export(client, db):
    from decimal import Decimal

    from tests.factories import masterdata as make

    item = make.item("AAA", standard_cost=Decimal("77.77"))
    rights = ("masterdata.view_item", "masterdata.change_item", "core.export_data")
    clerk, controller = core.user(*rights), core.user(*rights, "masterdata.view_cost")
    for user, visible in ((clerk, False), (controller, True)):
        client.force_login(user)
        for url in (address("item", "list"), address("item", "detail", item)):
            assert (b"77.77" in client.get(url).content) is visible, url
        form = client.get(address("item", "edit", item)).context["form"]
        assert ("standard_cost" in form.fields) is visible
    assert form.fields["standard_cost"].disabled, "seeing is not changing"
    posted = samples.typed("item") | {"code": "AAA", "name": "x", "standard_cost": "1"}
    assert client.post(address("item", "edit", item), posted).status_code == 302
    item.refresh_from_db()
    assert (item.name, item.standard_cost) == ("x", Decimal("77.77"))


def test_lists_read_their_rows_in_a_fixed_number_of_statements(client, boss, django_assert_max_num_queries):
    from tests.factories import masterdata as make

    for _ in range(12):
        make.item(category=make.category())
    client.force_login(boss)
    client.get(address("item", "list"))
    with django_assert_max_num_queries(16):
        client.get(address("item", "list"))


def test_worked_days_are_ticked(client, boss):
    client.force_login(boss)
    posted = {"code": "SIX", "name": "Six days"} | samples.typed("work_calendar")
    assert client.post(address("work_calendar", "create"), posted).status_code == 302
    assert WorkCalendar.objects.get(code="SIX").weekdays == "1111110"
    none = client.post(address("work_calendar", "create"), posted | {"code": "NONE", "weekdays": []})
    assert none.status_code == 422


def test_holidays_are_loaded_from_the_calendar(client, boss):
    calendar = samples.RECORDS["work_calendar"]()
    client.force_login(boss)
    url = reverse("masterdata:work-calendar-holidays", args=[calendar.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"year": "2024", "country": "cn"}).status_code == 302
    assert calendar.days.filter(date__year=2024).exists()
    assert client.post(url, {"year": "2024", "country": "XX"}).status_code == 422


def test_a_long_price_list_is_read_page_by_page(client, boss):
    from tests.factories import masterdata as make

    made, short = make.price_list(), make.price_list()
    items = [make.item(f"I{number}") for number in range(3)]
    PriceListLine.objects.bulk_create(
        PriceListLine(price_list=made, item=items[number % 3], min_quantity=number // 3 + 1, price=number + 1)
        for number in range(150)
    )
    client.force_login(boss)
    page = address("price_list", "detail", made)
    first, second = (client.get(page, {"page": number}).context["grids"][0]["rows"] for number in ("1", "2"))
    assert (len(first), len(second)) == (100, 50)
    texts = {tuple(one["text"] for one in row) for row in first + second}
    assert len(texts) == 150
    assert "page=2" in client.get(page).content.decode()
    edit = f"{address('price_list', 'edit', made)}?page=2"
    assert edit in client.get(page, {"page": 2}).content.decode()
    client.force_login(core.user("masterdata.view_pricelist"))
    assert edit not in client.get(page, {"page": 2}).content.decode()
    client.force_login(boss)
    assert client.get(address("price_list", "detail", short)).context["grids"][0]["page"] is None


def test_a_page_of_a_long_price_list_is_edited_and_the_other_pages_stay(client, boss, django_assert_max_num_queries):
    from tests.factories import masterdata as make

    made, short = make.price_list(), make.price_list()
    items = [make.item(f"I{number}") for number in range(3)]
    PriceListLine.objects.bulk_create(
        PriceListLine(price_list=made, item=items[number % 3], min_quantity=number // 3 + 1, price=number + 1)
        for number in range(250)
    )
    PriceListLine.objects.create(price_list=short, item=items[0], price=1)
    client.force_login(boss)
    page = address("price_list", "edit", made)
    client.get(page)
    with CaptureQueriesContext(connection) as of_short:
        client.get(address("price_list", "edit", short))
    with CaptureQueriesContext(connection) as of_long:
        shown = client.get(page, {"page": 2})
    assert len(of_long) <= len(of_short) + 1  # the rows are counted
    [grid] = shown.context["formset"].parts
    assert len(grid.initial_forms) == 100
    assert "those of the other pages stay" in shown.content.decode()
    form = shown.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in {None, False}}
    data |= {"lines-TOTAL_FORMS": "101", "lines-INITIAL_FORMS": "100", "version": made.version}
    for row in grid.initial_forms:
        cells = {name: row[name].value() for name in ("id", "item", "min_quantity", "price")}
        data |= {f"{row.prefix}-{name}": value for name, value in cells.items()}
    changed, removed = (grid.initial_forms[place]["id"].value() for place in (0, 1))
    data |= {"lines-0-price": "999", "lines-1-DELETE": "on", "lines-100-item": items[2].pk, "lines-100-price": "5"}
    before = dict(PriceListLine.objects.filter(price_list=made).values_list("pk", "price"))
    with django_assert_max_num_queries(60):
        answer = client.post(f"{page}?page=2", data)
    assert (answer.status_code, answer.url) == (302, f"{address('price_list', 'detail', made)}?page=2")
    after = dict(PriceListLine.objects.filter(price_list=made).values_list("pk", "price"))
    assert after[changed] == 999
    assert before.keys() - after.keys() == {removed}
    assert [after[pk] for pk in after.keys() - before.keys()] == [5]
    assert {pk: price for pk, price in after.items() if pk in before and pk != changed} == {
        pk: price for pk, price in before.items() if pk not in {changed, removed}
    }
    stale = client.post(f"{page}?page=2", data)
    assert stale.status_code == 409


def test_the_api_still_replaces_a_price_list_as_a_whole(client, boss):
    from tests.factories import masterdata as make

    made = make.price_list()
    PriceListLine.objects.create(price_list=made, item=make.item("I1"), price=1)
    client.force_login(boss)
    answer = client.patch(
        f"/api/v1/masterdata/price-lists/{made.pk}/",
        {"lines": [{"item": make.item("I2").pk, "price": "3"}]},
        content_type="application/json",
        headers={"Idempotency-Key": "1"},
    )
    assert answer.status_code == 200, answer.content
    assert [line.item.code for line in made.lines.select_related("item")] == ["I2"]
