"""A bicycle maker's files become a company that can go on: from the BOM tree to orders waiting for goods."""

import datetime as dt
import shutil
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.clock import forget_company, today
from crm.models import SalesOrder
from crm.states import SalesOrderState
from erp.models import Bom, BomLine, Demand, StockMove, Supply, WorkOrder
from erp.models.valuation import ItemCost
from finance.models import JournalLine
from finance.selectors.invariants import violations
from finance.takeover.goods import opening_costs
from finance.takeover.source import Source
from masterdata.models import Item, Partner, SupplierItem
from scm.models import PurchaseOrder
from scm.states import PurchaseOrderState
from tests.factories.core import company

D = Decimal
FILES = Path(__file__).parents[1] / "data" / "adventureworks"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_clock():
    forget_company()
    yield
    forget_company()


def load(folder=FILES):
    said = StringIO()
    call_command("import_adventureworks", str(folder), stdout=said)
    return said.getvalue()


def rows_of(name):
    return Source(FILES).rows(name)


def counts():
    models = (Item, Partner, BomLine, StockMove, SalesOrder, PurchaseOrder, WorkOrder, Demand, Supply, JournalLine)
    return {model._meta.label: model._default_manager.count() for model in models}


def test_the_files_become_a_company_once():
    said = load()
    loaded = counts()

    assert today() == dt.date(2025, 9, 22)
    assert "≠" not in said
    assert "FR-R92B-62" in said
    assert violations() == []

    assert "already" in load()
    assert counts() == loaded


def test_the_bicycle_and_what_it_is_made_of():
    load()

    bom = Bom.objects.get(item__code="BK-M68B-42")
    rows = [row for row in rows_of("bom_lines") if row["parent_code"] == "BK-M68B-42"]
    assert {(line.component.code, line.quantity) for line in bom.lines.select_related("component")} == {
        (row["component_code"], D(row["qty_per"])) for row in rows
    }
    ended = next(row for row in rows_of("bom_lines") if row["end_date"])
    line = BomLine.objects.get(
        bom__item__code=ended["parent_code"],
        component__code=ended["component_code"],
        valid_from=ended["start_date"],
    )
    assert line.valid_to == dt.date.fromisoformat(ended["end_date"]) + dt.timedelta(days=1)
    assert SupplierItem.objects.filter(is_preferred=True).values("item").distinct().count() == (
        SupplierItem.objects.values("item").distinct().count()
    )


def test_stock_opens_at_standard_cost_or_the_last_receipt():
    load()
    costs = opening_costs(Source(FILES))

    by_item = {row.item.code: row for row in ItemCost.objects.select_related("item")}
    assert costs["BK-M68B-42"] == Item.objects.get(code="BK-M68B-42").standard_cost
    assert costs["AR-5381"] == D("50.2635")
    assert by_item["AR-5381"].quantity == 408 + 324 + 353
    assert costs["BE-2349"] == 0
    assert by_item["BE-2349"].value == 0


def test_open_orders_go_on_and_history_moves_nothing():
    load()

    open_sales = SalesOrder.objects.filter(is_history=False)
    assert set(open_sales.values_list("customer_po", "state")) == {
        (number, SalesOrderState.CONFIRMED) for number in ("SO74034", "SO74040", "SO74046")
    }
    wanted = sum(line.stock_quantity for order in open_sales for line in order.lines.all())
    assert sum(Demand.objects.values_list("quantity", flat=True)) == wanted
    assert not SalesOrder.objects.filter(is_history=True).exclude(state=SalesOrderState.CLOSED).exists()

    states = dict(PurchaseOrder.objects.values_list("number", "state"))
    assert states["PO03782"] == PurchaseOrderState.APPROVED
    assert states["PO00003"] == PurchaseOrderState.CLOSED
    assert states["PO00014"] == PurchaseOrderState.CANCELLED
    pending = PurchaseOrder.objects.get(number="PO03782").lines.get(line_no=1)
    assert (pending.received_quantity, pending.tax_amount) == (0, 0)
    assert set(StockMove.objects.values_list("kind", flat=True)) == {"opening"}


def test_a_customer_pays_the_tax_of_his_state_or_none():
    load()
    rates = {
        (row["country_code"], row["state"]): D(row["rate_pct"])
        for row in rows_of("sales_tax_rates")
        if row["tax_type"] != "wholesale"
    }
    for row in rows_of("customers"):
        if row["kind"] == "individual":
            tax = Partner.objects.get(code=row["code"]).tax
            assert (tax.rate if tax else None) == rates.get((row["country_code"], row["state"]))


def test_a_company_made_otherwise_is_left_alone():
    company()
    before = counts()

    with pytest.raises(CommandError, match="another company"):
        load()

    assert counts() == before


def test_a_file_that_is_missing_or_says_nonsense_is_named(tmp_path):
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "items.csv").unlink()

    with pytest.raises(CommandError, match=r"items\.csv"):
        load(tmp_path)
