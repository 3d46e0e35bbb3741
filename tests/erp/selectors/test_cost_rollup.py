"""Costs by element out of bills, routings, rates, present costs and suppliers' prices."""

import datetime as dt
from decimal import Decimal

import pytest

from core.operations import perform
from erp.selectors.cost_rollup import Elements, roll_up, standard_cost_elements
from erp.selectors.work_centers import capacities
from erp.services import work_centers
from tests.factories import core, erp_make, finance, masterdata

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2026, 3, 2)  # a Monday


@pytest.fixture(autouse=True)
def company(db) -> None:
    core.company(pinned_date=DAY)
    finance.open_books(years=[2026])


def test_standard_cost_elements_of_a_made_item_its_parts_and_a_subcontracted_one(django_assert_max_num_queries) -> None:
    table, plated = erp_make.made("TABLE", min_lot=D(10)), masterdata.item("PLATED", supply_type="subcontract")
    leg, screw, unknown = (masterdata.item(code) for code in ("LEG", "SCREW", "UNKNOWN"))
    erp_make.stock(leg, "100", "5")
    masterdata.supplier_item(masterdata.supplier(), screw, "0.25")
    masterdata.supplier_item(masterdata.supplier(), plated, "3")
    saw = erp_make.work_center("SAW", rate=("60", "30", "12"))
    erp_make.bom(table, (leg, "4", {"scrap_percent": D(5), "fixed_scrap_quantity": D(2)}), (plated, "1"))
    erp_make.bom(plated, (screw, "8"))
    erp_make.routing(table, (saw, "10", {"setup_minutes": D(60)}))

    with django_assert_max_num_queries(20):
        elements = standard_cost_elements([table.pk, unknown.pk], DAY)

    # material: (4 x 1.05 + 2 / 10) x 5 + 8 x 0.25; hours: 1 / 10 + 10 / 60
    hours = D(1) / 10 + D(10) / 60
    assert elements[table.pk].material == D(24)
    assert (elements[table.pk].labour, elements[table.pk].machine) == (hours * 60, hours * 30)
    assert (elements[table.pk].overhead, elements[table.pk].subcontract) == (hours * 12, D(3))
    assert elements[plated.pk] == Elements(material=D(2), subcontract=D(3))
    assert unknown.pk not in elements


def test_a_co_product_costs_its_share_and_missing_rates_and_costs_are_named() -> None:
    main, beside, part, lost = erp_make.made("MAIN2"), *(masterdata.item(code) for code in ("BESIDE", "PART", "LOST"))
    erp_make.stock(part, "10", "100")
    erp_make.bom(
        main,
        (part, "1"),
        (lost, "1"),
        (beside, "1", {"line_kind": "co_product", "cost_method": "percent", "cost_percent": D(25)}),
    )
    erp_make.routing(main, (erp_make.work_center("BENCH"), "5"))

    rolled = roll_up([beside.pk], DAY)

    assert rolled.costs[beside.pk].elements.total == D(25)
    assert rolled.costs[main.pk].missing == {lost.pk}
    assert [one.name for one in rolled.unrated] == ["BENCH"]


def test_capacity_follows_calendar_machines_efficiency_and_exceptions() -> None:
    center = erp_make.work_center("SAW", machines=2, hours_per_day=D(8), efficiency_percent=D(90))
    down = {"first_day": DAY, "last_day": DAY, "machines_down": 1}
    overtime = {"first_day": DAY + dt.timedelta(days=1), "last_day": DAY + dt.timedelta(days=2), "hours_per_day": D(10)}
    perform(work_centers.update_work_center, actor=None, work_center_id=center.pk, exceptions=[down, overtime])

    days = capacities([center.pk], DAY, DAY + dt.timedelta(days=6))[center.pk]

    assert [int(days[day]) for day in sorted(days)] == [432, 1080, 1080, 864, 864, 0, 0]
