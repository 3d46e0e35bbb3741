"""What the pages of engineering show and do: work centres, routings."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.contributions import ImportTarget, contributions
from core.errors import InvalidInput
from core.exchange.reading import guess_mapping, parse_row, read_table
from core.operations import perform
from erp.models import Routing, WorkCenter
from erp.services import routings
from erp.states.engineering import RoutingState
from tests.erp.views.test_make_pages import text
from tests.factories import core, erp_make, masterdata

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def browser(signed_in):
    """A browser of somebody who may do everything."""
    return signed_in(user=core.superuser())


def grids(header: dict, **rows: list[dict]) -> dict:
    """A posted form with several grids."""
    body = dict(header)
    for prefix, some in rows.items():
        body |= {f"{prefix}-TOTAL_FORMS": len(some), f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate(some):
            body |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return body


def test_a_routing_is_written_edited_released_and_printed(browser, factory) -> None:
    top, saw, laser = erp_make.made("TOP"), erp_make.work_center("SAW"), erp_make.work_center("LASER")
    cut = {"name": "cut", "work_center": saw.pk, "run_minutes": "2", "base_quantity": "1", "is_count_point": "on"}
    other = {"operation": "10", "work_center": laser.pk, "run_minutes": "1"}
    header = {"item": top.pk, "valid_from": "2026-01-01"}

    made = browser.post(reverse("erp:routing-create"), grids(header, operations=[cut], alternates=[other]))
    routing = Routing.objects.get()
    edit = reverse("erp:routing-edit", args=[routing.pk])
    form = browser.get(edit).content.decode()
    header = {"valid_from": "2026-01-01", "version": "0"}
    browser.post(edit, grids(header, operations=[cut | {"run_minutes": "3"}], alternates=[other]))
    browser.post(reverse("erp:routing-release", args=[routing.pk]), {"version": "1"})
    page = browser.get(routing.get_absolute_url())
    paper = browser.get(reverse("erp:routing-print", args=[routing.pk]), {"format": "html", "language": "zh"})
    routing.refresh_from_db()

    assert made.url == routing.get_absolute_url()
    assert 'value="cut"' in form
    assert (routing.state, routing.operations.get().run_minutes) == (RoutingState.RELEASED, D(3))
    assert "1. LASER Laser (0 + 1)" in text(page)
    assert "工艺路线" in paper.content.decode()


def test_an_operation_without_a_place_is_refused_in_the_form(browser, factory) -> None:
    body = grids({"item": erp_make.made("TOP").pk}, operations=[{"name": "cut"}])

    page = browser.post(reverse("erp:routing-create"), body)

    assert page.status_code == 422
    assert "choose its work centre" in text(page)


def test_who_may_not_see_costs_neither_sees_nor_changes_rates_and_prices(signed_in, factory) -> None:
    center, supplier = erp_make.work_center("SAW", rate=("813.7", "12", "5")), masterdata.supplier()
    outside = {"is_subcontracted": True, "supplier_id": supplier.pk, "unit_price": D("7.25")}
    routing = erp_make.routing(erp_make.made("TOP"), (None, "0", outside))
    draft = perform(routings.copy_routing, actor=None, routing_id=routing.pk)
    rights = ("erp.view_workcenter", "erp.change_workcenter", "erp.view_routing", "erp.change_routing")
    browser = signed_in(*rights)

    center_page = browser.get(center.get_absolute_url())
    routing_page = browser.get(routing.get_absolute_url())
    form = reverse("erp:work-center-edit", args=[center.pk])
    browser.post(
        form,
        {"code": "SAW", "name": "Saw 2", "version": "0", "exceptions-TOTAL_FORMS": 0, "exceptions-INITIAL_FORMS": 0},
    )
    row = {"number": "10", "name": "plating", "is_subcontracted": "on", "supplier": supplier.pk}
    header = {"valid_from": "2026-01-01", "version": "0"}
    browser.post(reverse("erp:routing-edit", args=[draft.pk]), grids(header, operations=[row]))
    center.refresh_from_db()

    assert "813.7" not in text(center_page)
    assert "7.25" not in text(routing_page)
    assert (center.name, center.rates.count()) == ("Saw 2", 1)
    assert [(one.name, one.unit_price) for one in draft.operations.all()] == [("plating", D("7.25"))]


def test_a_work_centre_shows_rates_exceptions_and_the_hours_of_the_next_weeks(browser, factory) -> None:
    row = {"first_day": factory, "last_day": factory, "machines_down": "1", "reason": "motor"}
    rate = {"valid_from": "2026-01-01", "labour_rate": "30"}
    body = grids(
        {"code": "SAW", "name": "Saw", "machines": "2", "hours_per_day": "8", "is_active": "on"},
        rates=[rate],
        exceptions=[row],
    )

    made = browser.post(reverse("erp:work-center-create"), body)
    center = WorkCenter.objects.get()
    page = browser.get(center.get_absolute_url())

    assert made.url == center.get_absolute_url()
    assert [week.hours for week in page.context["weeks"]][:2] == [D(72), D(80)]
    assert "motor" in text(page)


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("erp:work-center-list", "erp.view_workcenter"),
        ("erp:work-center-create", "erp.add_workcenter"),
        ("erp:routing-list", "erp.view_routing"),
        ("erp:routing-create", "erp.add_routing"),
    ],
)
def test_pages_of_engineering_ask_for_their_right(signed_in, client, factory, url: str, right: str) -> None:
    assert client.get(reverse(url)).status_code == 302
    assert signed_in("erp.view_lot").get(reverse(url)).status_code == 403
    assert signed_in(right).get(reverse(url)).status_code == 200


def test_work_centres_and_routings_are_imported(factory) -> None:
    erp_make.made("TOP")
    targets = {one.key: one for one in contributions(ImportTarget)}
    user = core.superuser()

    def read(key: str, row: dict):
        return perform(targets[key].service, actor=None, **targets[key].arguments(row, user))

    center = read("erp.workcenter", {"code": "SAW", "name": "Saw", "machines": 2, "labour_rate": D(30)})
    read("erp.workcenter", {"code": "SAW", "name": "Saw", "labour_rate": D(33), "rates_from": factory})
    cut = {"item": "TOP", "name": "cut", "work_center": "SAW", "run_minutes": D(2)}
    steps = [cut, {"item": "TOP", "name": "plate", "is_subcontracted": True}]
    routing = read("erp.routing", steps[0] | {"rows": steps})

    assert [(rate.valid_from.year, rate.labour_rate) for rate in center.rates.all()] == [(2026, D(33)), (2000, D(30))]
    assert [(one.number, one.name, one.is_count_point) for one in routing.operations.all()] == [
        (10, "cut", True),
        (20, "plate", True),
    ]


def test_a_routing_comes_back_from_its_file_as_it_was(browser, factory) -> None:
    """Alternatives, prices and words too: the file that is exported says the same, so nothing is written anew."""
    saw, laser, mill = (erp_make.work_center(code) for code in ("SAW", "LASER", "MILL"))
    alternates = [
        {"work_center_id": laser.pk, "setup_minutes": D("1.5"), "run_minutes": D(2)},
        {"work_center_id": mill.pk, "rank": 3, "setup_minutes": D(0), "run_minutes": D(4)},
    ]
    outside = {"is_subcontracted": True, "supplier_id": masterdata.supplier().pk, "unit_price": D("7.25")}
    cut = {"alternates": alternates, "instructions": "=edges first", "base_quantity": D(5), "is_count_point": False}
    routing = erp_make.routing(erp_make.made("TOP"), (saw, "3", cut), (None, "0", outside))

    assert reverse("erp:routing-export") in browser.get(reverse("erp:routing-list")).content.decode()
    answer = browser.get(reverse("erp:routing-export"), {"item": routing.item_id})
    headings, *rows = read_table(b"".join(answer.streaming_content) if answer.streaming else answer.content, "r.xlsx")
    target = next(one for one in contributions(ImportTarget) if one.key == "erp.routing")
    mapping = guess_mapping(headings, list(target.columns))
    typed = [parse_row(row, mapping, list(target.columns)) for row in rows[0]]
    assert typed[0]["alternates"] == "LASER*1.5*2; MILL*0*4^3"
    again = perform(target.service, actor=None, **target.arguments(typed[0] | {"rows": typed}, core.superuser()))
    assert (again, Routing.objects.count()) == (routing, 1)
    with pytest.raises(InvalidInput, match="is no alternative"):
        target.arguments(typed[0] | {"alternates": "LASER*two"}, core.superuser())
    with pytest.raises(InvalidInput, match="There is no work centre NONE"):
        target.arguments(typed[0] | {"alternates": "NONE"}, core.superuser())
