"""A company whose today is Monday, 2 March 2026, with one warehouse and open books."""

import datetime as dt

import pytest

from masterdata.models import Item
from tests.factories import core, erp_make, finance, masterdata

TODAY = dt.date(2026, 3, 2)


@pytest.fixture
def factory(db) -> dt.date:
    """The place and the day."""
    core.company(pinned_date=TODAY)
    finance.open_books(years=[2026])
    erp_make.place()
    return TODAY


@pytest.fixture
def bench(factory) -> Item:
    """BENCH = 4 LEG at 5.00 + 0.2 KG PAINT at 20.00: 24.00 of material each; stock for 20 of them."""
    bench = erp_make.made("BENCH", lead_time_days=2)
    leg, paint = masterdata.item("LEG"), masterdata.item("PAINT", uom="KG")
    erp_make.bom(bench, (leg, "4"), (paint, "0.2", {"material_kind": "auxiliary"}))
    erp_make.stock(leg, "80", "5")
    erp_make.stock(paint, "4", "20")
    return bench
