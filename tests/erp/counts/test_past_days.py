"""Counts, adjustments and sign-offs on days that are over: the right, the reason, the open period, the screen."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse as reverse_url

from core.errors import MissingRight, ReasonForBackdating
from core.operations import perform
from erp.models import Shipment, StockMove, ValueEntry
from erp.services import shipments, stock_documents, stocktakes
from finance.errors import PeriodClosed
from finance.models import JournalEntry, ModulePeriod
from finance.selectors.invariants import violations
from tests.factories import core, erp, erp_counts, masterdata

D = Decimal
DAY = dt.date(2026, 2, 20)
CLOSED = dt.date(2026, 1, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    """Ten motors that lie here since January, which is closed."""
    warehouse = erp.place()
    made = masterdata.item("MOTOR")
    row = {"item_id": made.pk, "quantity": D(10), "unit_cost": D(7)}
    keys = {"warehouse_id": warehouse.pk, "date": dt.date(2026, 1, 5)}
    perform(stock_documents.record_opening_stock, actor=None, lines=[row], **keys)
    close(1)
    return made


def close(month, state="closed"):
    ModulePeriod.objects.filter(period__year=2026, period__month=month).update(state=state)


def refuses_past_days(service, right, **arguments):
    """The service posts on DAY only with the right to backdate and a reason, on CLOSED not at all."""
    clerk = core.user(right, username=f"clerk-{service.__name__}")
    keeper = core.user(right, "erp.backdate_stock", username=f"keeper-{service.__name__}")
    before = StockMove.objects.count()
    with pytest.raises(MissingRight) as missing:
        perform(service, actor=clerk, date=DAY, reason="late", **arguments)
    assert missing.value.params["right"] == "erp.backdate_stock"
    with pytest.raises(ReasonForBackdating):
        perform(service, actor=keeper, date=DAY, **arguments)
    with pytest.raises(PeriodClosed, match="closed"):
        perform(service, actor=keeper, date=CLOSED, reason="late", **arguments)
    assert StockMove.objects.count() == before
    return perform(service, actor=keeper, date=DAY, reason="late", **arguments)


def test_a_stocktake_is_posted_on_a_past_day_and_its_value_with_it(item):
    stocktake = erp_counts.explained(erp_counts.reviewed("8"))
    refuses_past_days(stocktakes.post_stocktake, "erp.post_stocktake", stocktake_id=stocktake.pk)
    moved = StockMove.objects.get(kind="count")
    assert (moved.moved_on, moved.is_backdated) == (DAY, True)
    entry = ValueEntry.objects.get(move=moved)
    assert (entry.booked_on, entry.amount) == (DAY, D("-14.00"))
    assert JournalEntry.objects.latest("pk").entry_date == DAY
    assert not violations()


def test_the_page_of_a_stocktake_asks_for_day_and_reason(client, item):
    stocktake = erp_counts.explained(erp_counts.reviewed("8"))
    url = reverse_url("erp:stocktake-post-on-day", args=[stocktake.pk])
    rights = ("erp.view_stocktake", "erp.post_stocktake")
    client.force_login(core.user(*rights, username="clerk"))
    assert url not in client.get(stocktake.get_absolute_url()).content.decode()
    assert client.post(url, {"date": DAY.isoformat(), "reason": "late"}).status_code == 403
    client.force_login(core.user(*rights, "erp.backdate_stock", username="keeper"))
    assert url in client.get(stocktake.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 200
    refused = client.post(url, {"date": DAY.isoformat(), "reason": ""})
    assert refused.status_code == 422
    assert DAY.isoformat() in refused.content.decode()
    assert client.post(url, {"date": DAY.isoformat(), "reason": "Counted on that day"}).status_code == 302
    stocktake.refresh_from_db()
    assert (stocktake.state, stocktake.posting_date) == ("posted", DAY)


def test_a_count_is_taken_back_on_a_past_day_by_the_same_rule(item):
    stocktake = erp_counts.explained(erp_counts.reviewed("8"))
    perform(stocktakes.post_stocktake, actor=None, stocktake_id=stocktake.pk, date=dt.date(2026, 2, 10))
    keys = {"stocktake_id": stocktake.pk}
    clerk = core.user("erp.reverse_stocktake", username="clerk")
    keeper = core.user("erp.reverse_stocktake", "erp.backdate_stock", username="keeper")
    with pytest.raises(MissingRight):
        perform(stocktakes.reverse_stocktake, actor=clerk, date=DAY, reason="twice", **keys)
    with pytest.raises(ReasonForBackdating):
        perform(stocktakes.reverse_stocktake, actor=keeper, date=DAY, **keys)
    close(2)
    with pytest.raises(PeriodClosed, match="closed"):
        perform(stocktakes.reverse_stocktake, actor=keeper, date=DAY, reason="twice", **keys)
    march = dt.date(2026, 3, 2)
    perform(stocktakes.reverse_stocktake, actor=keeper, date=march, reason="twice", **keys)
    assert StockMove.objects.get(kind="count", reverses__isnull=False).moved_on == march
    assert not violations()


def test_an_adjustment_is_taken_back_on_a_past_day_by_the_same_rule(client, item):
    close(1, "open")
    document = erp.posted(erp.draft("misc_issue", {"item_id": item.pk, "quantity": D(3)}), date=dt.date(2026, 1, 10))
    close(1)
    url = reverse_url("erp:stock-document-reverse-on-day", args=[document.pk])
    client.force_login(core.user("erp.view_stockdocument", "erp.reverse_stockdocument", "erp.backdate_stock"))
    assert url in client.get(document.get_absolute_url()).content.decode()
    assert client.post(url, {"date": DAY.isoformat(), "reason": ""}).status_code == 422
    refuses_past_days(stock_documents.reverse_stock_document, "erp.reverse_stockdocument", document_id=document.pk)
    back = StockMove.objects.get(source_id=document.pk, kind="misc_issue", reverses__isnull=False)
    assert (back.moved_on, ValueEntry.objects.get(move=back).booked_on) == (DAY, DAY)
    assert not violations()


def test_a_past_day_of_signing_takes_the_right_and_a_reason(client, item):
    shipment = erp.shipped(erp.confirmed(item, "2"), date=dt.date(2026, 2, 15))
    refuses_past_days(shipments.sign_off_shipment, "erp.sign_off_shipment", shipment_id=shipment.pk)
    assert Shipment.objects.get(pk=shipment.pk).signed_date == DAY
    other = erp.shipped(erp.confirmed(item, "1"))
    client.force_login(core.user("erp.view_shipment", "erp.sign_off_shipment", username="driver"))
    url = reverse_url("erp:shipment-sign-off", args=[other.pk])
    line = other.lines.get()
    row = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1", "lines-0-line": line.pk, "lines-0-signed": "1"}
    assert "Needed when the day has passed" in client.get(url).content.decode()
    assert client.post(url, row | {"date": "2026-03-09", "reason": "late"}).status_code == 403
    assert client.post(url, row | {"date": "2026-03-10"}).status_code == 302
    assert not violations()
