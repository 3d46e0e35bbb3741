import datetime as dt

import pytest

from core.operations import perform
from masterdata.errors import NoSuchPlace, NoWorkCalendar
from masterdata.models import Location, WorkCalendar
from masterdata.selectors.calendars import add_working_days, working_day_on_or_after, working_day_on_or_before
from masterdata.selectors.places import default_location, default_warehouse, virtual_location
from masterdata.selectors.taxes import tax_for
from masterdata.services.company import update_location
from tests.factories import masterdata as make


def test_tax_of_the_partner_before_that_of_the_item_before_the_default(db):
    item, partner = make.item(), make.customer()
    assert tax_for(item, partner).code == "VAT13"
    taxed = make.item(tax=make.tax("VAT9"))
    assert tax_for(taxed, partner).code == "VAT9"
    assert tax_for(taxed, make.customer(tax=make.tax("VAT0"))).code == "VAT0"
    assert tax_for(None, None).code == "VAT13"


@pytest.mark.parametrize("kind", ["supplier", "customer", "production", "scrap", "count", "transit"])
def test_virtual_locations(db, kind):
    make.basics()
    assert virtual_location(kind).kind == kind


def test_missing_places_are_refused(db):
    with pytest.raises(NoSuchPlace):
        virtual_location("customer")
    warehouse = make.warehouse("A")
    assert default_location(warehouse).code == "STOCK"
    assert default_warehouse() == warehouse
    Location.objects.filter(warehouse=warehouse).update(is_active=False)
    with pytest.raises(NoSuchPlace):
        default_location(warehouse)


def test_the_default_location_may_be_changed(db):
    warehouse = make.warehouse()
    shelf = make.location(warehouse, "A-1")
    perform(update_location, actor=None, location_id=shelf.pk, is_default=True)
    assert default_location(warehouse) == shelf
    assert Location.objects.filter(warehouse=warehouse, is_default=True).count() == 1


def test_company_calendar(db):
    with pytest.raises(NoWorkCalendar):
        add_working_days(dt.date(2026, 11, 20), 1)
    make.basics()
    assert WorkCalendar.objects.get().is_company
    assert add_working_days(dt.date(2026, 11, 20), 1) == dt.date(2026, 11, 23)
    assert working_day_on_or_after(dt.date(2026, 11, 21)) == dt.date(2026, 11, 23)
    assert working_day_on_or_before(dt.date(2026, 11, 22)) == dt.date(2026, 11, 20)
