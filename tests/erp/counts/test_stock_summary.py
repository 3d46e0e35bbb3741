"""收发存汇总表 by item, warehouse, lot and kind; equal to the general ledger; on paper and as a file."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from erp.selectors.stock_ledger import Span
from erp.selectors.stock_summary import stock_summary
from finance.providers import stock_in_books
from tests.factories import core, erp, erp_make, masterdata

D = Decimal
pytestmark = pytest.mark.django_db
SPAN = Span(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


@pytest.fixture
def motor():
    erp.place()
    motor = masterdata.item("MOTOR")
    machine = erp_make.made("MACHINE")
    erp_make.bom(machine, (motor, "2"))
    erp.posted(
        erp.draft("misc_receipt", {"item_id": motor.pk, "quantity": D(20), "unit_cost": D(5)}),
        date=dt.date(2026, 2, 10),
    )
    erp.shipped(erp.confirmed(motor, "3"))
    erp_make.issued_work_order(machine, "2")
    other = masterdata.warehouse("OTHER")
    away = {"item_id": motor.pk, "quantity": D(6), "to_location_id": masterdata.location_of(other).pk}
    erp.posted(erp.draft("transfer", away, to_warehouse_id=other.pk))
    return motor


def test_by_kind_in_quantity_and_value(motor):
    [row] = stock_summary(SPAN)
    assert (row.opening, row.received, row.issued, row.closing) == (20, 0, 7, 13)
    assert {name: one for name, one in row.kinds().items() if one} == {
        "out_sales": 3,
        "out_material": 4,
        "out_sales_value": 15,
        "out_material_value": 20,
    }
    assert (row.opening_value, row.received_value, row.issued_value, row.closing_value) == (100, 0, 35, 65)
    assert row.closing_value == stock_in_books(SPAN.end)


def test_by_warehouse_transfers_count_and_values_follow_the_average(motor):
    rows = {row.warehouse.code: row for row in stock_summary(SPAN, group="warehouse")}
    main, other = rows["MAIN"], rows["OTHER"]
    assert (main.opening, main.went["transfer"], main.closing, main.closing_value) == (20, 6, 7, 35)
    assert (other.opening, other.came["transfer"], other.closing, other.closing_value) == (0, 6, 6, 30)
    assert f"warehouse={other.warehouse.pk}" in other.get_absolute_url()
    [only] = stock_summary(Span(SPAN.start, SPAN.end, other.warehouse.pk))
    assert (only.closing, only.received_value) == (6, None)


def test_by_lot(motor):
    glue = masterdata.item("GLUE", tracking="lot")
    erp.opening(glue, "4", lot_code="L1")
    erp.opening(glue, "6", lot_code="L2")
    rows = [row for row in stock_summary(SPAN, group="lot") if row.item == glue]
    assert [(str(row.lot), row.closing) for row in rows] == [("L1", 4), ("L2", 6)]
    [one] = stock_summary(Span(SPAN.start, SPAN.end, lot_id=rows[0].lot.pk), [glue])
    assert one.closing == 4


def test_page_file_and_paper(client, motor):
    url, printed = reverse("erp:stock-summary"), reverse("erp:stock-summary-print")
    ledger = reverse("erp:item-ledger", args=[motor.pk])
    span = {"start": "2026-03-01", "end": "2026-03-31"}
    client.force_login(core.superuser("boss"))
    page = client.get(url, span | {"kinds": "value"})
    assert page.context["in_books"] == page.context["totals"]["closing_value"] == 65
    assert "equal to the stock ledger" in page.content.decode()
    exported = client.get(url, span | {"kinds": "quantity", "group": "warehouse", "export": "csv"})
    assert "Transferred out" in b"".join(exported.streaming_content).decode()
    assert "65.00" in client.get(printed, span | {"format": "html"}).content.decode()
    assert client.get(ledger, span | {"export": "xlsx"}).headers["Content-Disposition"].endswith('.xlsx"')
    as_text = b"".join(client.get(ledger, span | {"export": "csv"}).streaming_content).decode()
    assert "65" in as_text.splitlines()[-1]
    on_paper = client.get(reverse("erp:item-ledger-print", args=[motor.pk]), span | {"format": "html"})
    assert "MOTOR" in on_paper.content.decode()
    client.force_login(core.user("erp.view_stockmove"))
    assert "65.00" not in client.get(printed, span | {"format": "html"}).content.decode()
    assert client.get(ledger, {"export": "csv"}).status_code == 403
    client.force_login(core.user())
    assert client.get(printed).status_code == 403
