"""Subcontracting: material goes out, is used there, comes back as goods worth their material and the fee."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum
from django.urls import reverse

from core.clock import on_day
from core.errors import InvalidTransition
from core.operations import perform
from erp.errors import ShortStock
from erp.models import Demand, ItemCost, StockBalance, StockMove, Supply, SupplyAdvice, WorkOrder
from erp.selectors.pegging import pegs_of_line
from erp.services import planning, work_orders
from erp.services.valuation.month_average import run_month_average
from finance.models import AccountMapping, FiscalPeriod, GrniLine, JournalLine
from finance.selectors.invariants import violations
from finance.selectors.ledger import adjustments_of_order
from finance.services import invoices, periods
from masterdata.models import Item, ItemCategory
from scm import errors
from scm.models import GoodsReceipt, SubcontractChargeBack, SubcontractOrder, SupplierReturn
from scm.selectors.subcontracting import adjustments_of
from scm.services import goods_receipts, purchase_orders, subcontract_orders, supplier_returns
from tests.factories import crm, erp, erp_make, masterdata, scm
from tests.factories import scm_subcontract as make
from tests.factories.core import superuser, user
from tests.factories.finance import balances, draft_bill, post

D = Decimal
JANUARY = dt.date(2026, 1, 12)
FEBRUARY = dt.date(2026, 2, 16)
GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "subcontracting"


@pytest.fixture
def part(db) -> Item:
    erp.place()
    return masterdata.item("PART")


def cost_of(code: str) -> tuple[Decimal, Decimal]:
    cost = ItemCost.objects.get(item__code=code)
    return cost.quantity, cost.value


def balance(role: str) -> Decimal:
    codes = set(AccountMapping.objects.filter(role=role).values_list("account__code", flat=True))
    return sum((amount for code, amount in balances().items() if code in codes), D(0))


def stock_there(order: SubcontractOrder) -> dict[str, Decimal]:
    rows = StockBalance.objects.filter(location__partner=order.partner, on_hand__gt=0)
    return dict(rows.values_list("item__code", "on_hand"))


def test_material_stays_ours_at_the_supplier_and_becomes_the_cost_of_the_goods(part):
    erp.opening(part, "100", "10")
    order = make.released(part, quantity="50")
    demand = Demand.objects.get(source_label="scm.subcontractorder")
    assert (demand.open_quantity, Supply.objects.get(item=order.item).open_quantity) == (50, 50)
    make.send(order)
    assert stock_there(order) == {"PART": 50}
    assert cost_of("PART") == (100, 1000)
    assert Demand.objects.get(pk=demand.pk).open_quantity == 0
    make.received(order, "20")
    assert stock_there(order) == {"PART": 30}
    assert cost_of("FRAME") == (20, D(260))
    assert (balance("grni"), balance("subcontract"), GrniLine.objects.get().open_amount) == (-60, 0, 60)
    line = order.materials.get()
    assert (line.sent_quantity, line.used_quantity, line.left_quantity) == (50, 20, 30)
    assert violations() == []


def test_a_receipt_is_taken_back_whole(part):
    erp.opening(part, "100", "10")
    order = make.received(make.sent(part), "4", rejected_quantity=D(1), charge_rejected=True)
    receipt = GoodsReceipt.objects.get()
    perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=receipt.pk, reason="Wrong count")
    line = order.materials.get()
    assert (line.used_quantity, line.lost_quantity, stock_there(order)) == (0, 0, {"PART": 10})
    assert (cost_of("PART"), cost_of("FRAME"), balance("scrap_loss"), balance("grni")) == ((100, 1000), (0, 0), 0, 0)
    assert SubcontractChargeBack.objects.get().is_reversed
    assert violations() == []


def test_rejected_pieces_use_material_and_what_is_beyond_the_allowance_is_charged(part):
    erp.opening(part, "100", "10")
    order = make.sent(part, quantity="50", allowance_percent=D(10))
    material = order.materials.get()
    make.received(
        order,
        "16",
        rejected_quantity=D(4),
        charge_rejected=True,
        materials=[{"material_id": material.pk, "quantity": D(25)}],
    )
    material.refresh_from_db()
    assert (material.used_quantity, material.lost_quantity) == (18, 7)
    charges = SubcontractChargeBack.objects.order_by("pk").values_list("reason", "quantity", "amount")
    assert list(charges) == [("over_use", D(3), D(30)), ("rejected", D(4), D(40))]
    assert cost_of("FRAME") == (16, D(228))
    assert (balance("scrap_loss"), balance("grni"), balance("subcontract")) == (70, -48, 0)
    order.refresh_from_db()
    assert order.rejected_quantity == 4
    charge = SubcontractChargeBack.objects.first()
    perform(subcontract_orders.settle_charge_back, actor=None, charge_id=charge.pk, settled_by="ST-1")
    with pytest.raises(errors.ChargeIsSettled):
        perform(subcontract_orders.settle_charge_back, actor=None, charge_id=charge.pk, settled_by="ST-2")
    assert violations() == []


def test_only_rejected_pieces_bring_no_receipt_and_no_fee(part):
    erp.opening(part, "100", "10")
    make.received(make.sent(part), rejected_quantity=D(2))
    assert not GoodsReceipt.objects.exists()
    assert (balance("scrap_loss"), balance("grni"), balance("subcontract")) == (20, 0, 0)
    assert violations() == []


def test_material_comes_back_and_is_counted(part):
    erp.opening(part, "100", "10")
    order = make.sent(part)
    material = order.materials.get()
    with pytest.raises(errors.MaterialAtSupplier):
        perform(subcontract_orders.cancel_subcontract_order, actor=None, order_id=order.pk)
    back = [{"material_id": material.pk, "quantity": D(4)}]
    perform(subcontract_orders.return_materials, actor=None, order_id=order.pk, lines=back)
    with pytest.raises(errors.ReturnsMoreThanSent):
        perform(
            subcontract_orders.return_materials, actor=None, order_id=order.pk, lines=[back[0] | {"quantity": D(7)}]
        )
    assert Demand.objects.get(source_label="scm.subcontractorder").open_quantity == 4
    counted = [{"item_id": part.pk, "counted": D(5)}]
    perform(subcontract_orders.count_materials, actor=None, partner_id=order.partner_id, lines=counted)
    assert (stock_there(order), balance("count_loss")) == ({"PART": 5}, 10)
    with pytest.raises(errors.NothingEntered):
        perform(subcontract_orders.count_materials, actor=None, partner_id=order.partner_id, lines=counted)
    with pytest.raises(ShortStock):
        make.received(order, "6")
    assert violations() == []


def test_the_fee_order_leads_the_order(part):
    order = make.draft(part)
    with pytest.raises(errors.NotReleased):
        make.send(order)
    with pytest.raises(errors.SubcontractFee):
        perform(
            purchase_orders.update_purchase_order,
            actor=None,
            order_id=order.purchase_order_id,
            partner_id=order.partner_id,
            lines=[],
        )
    perform(purchase_orders.approve_purchase_order, actor=None, order_id=order.purchase_order_id)
    order.refresh_from_db()
    assert order.state == "released"
    with pytest.raises(InvalidTransition):
        perform(subcontract_orders.release_subcontract_order, actor=None, order_id=order.pk)
    perform(subcontract_orders.cancel_subcontract_order, actor=None, order_id=order.pk)
    order.refresh_from_db()
    assert (order.state, order.purchase_order.state) == ("cancelled", "cancelled")
    assert not Demand.objects.filter(source_label="scm.subcontractorder").exists()


def test_changed_quantity_changes_the_material(part):
    order = make.released(part)
    line = order.purchase_order.lines.get()
    perform(
        purchase_orders.change_purchase_order,
        actor=superuser(),
        order_id=order.purchase_order_id,
        lines=[{"line_id": line.pk, "quantity": D(15)}],
        reason="More",
    )
    order.refresh_from_db()
    assert (order.quantity, order.materials.get().required_quantity) == (15, 15)


def test_a_planned_order_becomes_a_draft_at_the_supplier_of_the_item(part):
    frame = masterdata.item("FRAME", supply_type="subcontract", lead_time_days=5)
    masterdata.supplier_item(masterdata.supplier("GALVANO"), frame, "3", is_preferred=True)
    erp_make.bom(frame, (part, "2"))
    crm.confirmed_order(None, crm.line(frame, "10"), warehouse_id=erp.place().pk)
    [planned, _of_part] = erp_make.plan()
    perform(planning.firm_planned_orders, actor=superuser(), identities=[planned.identity])
    order = SubcontractOrder.objects.get()
    assert (order.state, order.quantity, order.fee, order.materials.get().required_quantity) == ("draft", 10, 3, 20)
    assert Supply.objects.get(item=frame, open_quantity__gt=0).open_quantity == 10
    assert Demand.objects.get(source_label="scm.subcontractorder").open_quantity == 20
    assert [one.item.code for one in erp_make.plan()] == ["PART"]


def test_a_dearer_material_follows_into_the_goods(part):
    buying = scm.BuyingCompany(
        buyer=superuser("buyer"),
        department=masterdata.department("OFFICE"),
        warehouse=erp.place(),
        shelf=erp.shelf(),
        supplier=masterdata.supplier("STEEL"),
        other=masterdata.supplier("STEEL2"),
        bolt=part,
        paint=part,
        motor=part,
    )
    receipt = scm.posted_receipt(
        buying, scm.approved_order(buying, scm.line(part, "10", price=D(10)), tax_included=False)
    )
    make.received(make.sent(part), "10")
    assert cost_of("FRAME") == (10, 130)
    scm.posted_landed_cost(buying, receipt, {"kind": "freight", "basis": "value", "amount": D(20)})
    assert (cost_of("FRAME"), cost_of("PART"), balance("subcontract")) == ((10, 150), (0, 0), 0)
    assert violations() == []
    made = GoodsReceipt.objects.exclude(pk=receipt.pk).get()
    with pytest.raises(errors.CostFollowed):
        perform(goods_receipts.reverse_goods_receipt, actor=None, receipt_id=made.pk)


def test_the_fee_of_a_closed_period_follows_the_goods(part, client):
    """HARD_RULES §7: what the invoice says more in February is in stock, in process and in cost of sales by then."""
    case, expected = (
        json.loads((GOLDEN / "cross_period" / name).read_text()) for name in ("problem.json", "expected.json")
    )
    with on_day(JANUARY):
        erp.opening(part, case["received"], case["material"])
        order = make.received(make.sent(part, quantity=case["received"], fee=D(case["fee"])), case["received"])
        assert cost_of("FRAME")[1] == D(expected["january"]["receipt"])
        line = crm.line(order.item, case["sold"], "20", ship_date=JANUARY)
        erp.signed(crm.confirmed_order(masterdata.customer("ACME"), line, warehouse_id=erp.place().pk))
    assert balance("cost_of_sales") == D(expected["january"]["cost_of_sales"])
    for period in FiscalPeriod.objects.filter(d1__lt=FEBRUARY.replace(day=1)).order_by("d0"):
        perform(periods.close_period, actor=None, period_id=period.pk)
    january = balances_until(FEBRUARY.replace(day=1))
    with on_day(FEBRUARY):
        machine = erp_make.made("MACHINE")
        erp_make.bom(machine, (order.item, "1"))
        erp_make.issued_work_order(machine, case["issued"])
        before = (cost_of("FRAME")[1], WorkOrder.objects.get().material_cost, balance("cost_of_sales"))
        invoiced(order, case["invoiced_price"])
    after = (cost_of("FRAME")[1], WorkOrder.objects.get().material_cost, balance("cost_of_sales"))
    wanted = expected["february"]
    assert [b - a for a, b in zip(before, after, strict=True)] == [
        D(wanted[name]) for name in ("stock", "wip", "cost_of_sales")
    ]
    assert (balance("grni"), balance("subcontract")) == (D(wanted["grni"]), 0)
    assert balance("payable") + balance("input_tax") == D(wanted["payable"])
    assert balances_until(FEBRUARY.replace(day=1)) == january
    assert violations() == []
    [shown] = adjustments_of(order)
    assert [shown.in_stock, shown.in_process, shown.delivered] == [
        D(wanted[name]) for name in ("stock", "wip", "cost_of_sales")
    ]
    assert (shown.amount, shown.carried, shown.elsewhere, shown.is_cross_period) == (50, 0, 0, True)
    dates = list(adjustments_of_order(order.pk).values_list("entry_date", flat=True))
    assert dates == [FEBRUARY.replace(day=1), FEBRUARY]
    client.force_login(superuser())
    page = client.get(order.get_absolute_url()).content.decode()
    assert "period of the receipt closed" in page
    assert WorkOrder.objects.get().number in page
    [told] = client.get(reverse("api:scm-subcontract-order-adjustments", args=[order.pk])).json()
    assert (told["in_stock"], told["in_process"], told["delivered"]) == ("25.0000", "5.0000", "20.0000")
    assert [one["counter"] for one in told["parts"]] == ["dispatched", "wip"]
    client.force_login(user("scm.view_subcontractorder"))
    assert "Price correction" not in client.get(order.get_absolute_url()).content.decode()
    assert client.get(reverse("api:scm-subcontract-order-adjustments", args=[order.pk])).status_code == 403
    entries = reverse("finance:entry-list")
    client.force_login(superuser())
    assert len(client.get(entries, {"subcontract_order": order.pk}).context["table"].rows) == 2


def test_what_was_made_into_other_goods_is_told_apart(part):
    """Of 10 frames 4 went into a closed order and 2 into an open one: 5.00 more on the fee."""
    erp.opening(part, "100", "10")
    order = make.received(make.sent(part), "10")
    machine = erp_make.made("MACHINE")
    erp_make.bom(machine, (order.item, "1"))
    closed = erp_make.issued_work_order(machine, "4")
    perform(work_orders.receive_production, actor=None, work_order_id=closed.pk, quantity=D(4))
    perform(work_orders.close_work_order, actor=None, work_order_id=closed.pk)
    opened = erp_make.issued_work_order(machine, "2")
    invoiced(order, "3.50")
    [shown] = adjustments_of(order)
    assert (shown.in_stock, shown.in_process, shown.carried, shown.delivered) == (2, 1, 2, 0)
    assert [one.pk for one in shown.work_orders] == [closed.pk, opened.pk]
    assert (cost_of("FRAME"), cost_of("MACHINE"), shown.is_cross_period) == ((4, 54), (4, 54), False)
    assert violations() == []


def test_in_the_same_period_the_fee_is_corrected_on_the_receipt(part):
    erp.opening(part, "100", "10")
    order = make.received(make.sent(part), "10")
    invoiced(order, "2.50")
    assert (cost_of("FRAME"), balance("grni"), balance("subcontract")) == ((10, 125), 0, 0)
    order.refresh_from_db()
    assert order.state == "closed"
    assert violations() == []


def returned(receipt: GoodsReceipt, quantity: str, **fields) -> SupplierReturn:
    lines = [{"receipt_line_id": receipt.lines.get().pk, "quantity": D(quantity)}]
    values = {"receipt_id": receipt.pk, "lines": lines, "cause": "Blistered", "settlement": "credit"} | fields
    draft = perform(supplier_returns.create_supplier_return, actor=None, **values)
    return perform(supplier_returns.post_supplier_return, actor=None, return_id=draft.pk)


@pytest.mark.parametrize("is_invoiced", [True, False])
def test_goods_go_back_with_the_fee_credited_and_the_material_lost(part, is_invoiced):
    """Ten frames of 10.00 material and 3.00 fee; invoiced at 3.50 they are worth 13.50. Four go back."""
    fee = D(14) if is_invoiced else D(12)
    erp.opening(part, "100", "10")
    order = make.received(make.sent(part), "10")
    if is_invoiced:
        invoiced(order, "3.50")
    receipt = GoodsReceipt.objects.get()
    with pytest.raises(errors.ReworkNeedsAnOrder):
        returned(receipt, "4", settlement="replace")
    document = returned(receipt, "4")
    left = StockMove.objects.get(source_label="scm.supplierreturn", source_id=document.pk)
    assert sum(one.amount for one in left.entries.filter(kind="supplier_return")) == -40 - fee
    row = GrniLine.objects.get()
    open_amount = -fee if is_invoiced else 30 - fee
    assert (row.returned_quantity, row.returned_amount, row.open_amount) == (4, fee, open_amount)
    assert (cost_of("FRAME"), balance("scrap_loss")) == ((6, D(81) if is_invoiced else D(78)), 40)
    assert (balance("grni"), balance("subcontract"), balance("price_difference")) == (-open_amount, 0, 0)
    assert violations() == []
    perform(supplier_returns.reverse_supplier_return, actor=None, return_id=document.pk, reason="Found good")
    assert (cost_of("FRAME"), balance("scrap_loss")) == ((10, D(135) if is_invoiced else D(130)), 0)
    assert (balance("grni"), balance("subcontract")) == (D(0) if is_invoiced else D(-30), 0)
    assert violations() == []


def test_month_end_average_of_the_material_goes_on_into_the_goods(part):
    category = ItemCategory.objects.create(code="M", name="M", valuation_method="month_average")
    Item.objects.filter(pk=part.pk).update(category=category)
    with on_day(FEBRUARY):
        erp.opening(part, "10", "10")
    with on_day(FEBRUARY + dt.timedelta(days=20)):
        order = make.received(make.sent(part), "5")
        erp.opening(part, "10", "14")
    assert cost_of("FRAME")[1] == 65
    perform(run_month_average, actor=None, month=dt.date(2026, 3, 1))
    assert (cost_of("FRAME")[1], balance("subcontract")) == (D(75), 0)
    assert violations() == []
    assert order.state == "released"


def invoiced(order: SubcontractOrder, price: str) -> None:
    bill = draft_bill(order.purchase_order)
    line = bill.lines.get()
    perform(
        invoices.update_invoice,
        actor=None,
        invoice_id=bill.pk,
        lines=[{"receipt_line_id": line.receipt_line_id, "quantity": line.quantity, "price": D(price)}],
        document_date=bill.document_date,
        supplier_reference="F-1",
    )
    post(bill)


def balances_until(day: dt.date) -> dict[str, Decimal]:
    rows = JournalLine.objects.filter(entry__entry_date__lt=day).values_list("account__code").order_by("account__code")
    return dict(rows.annotate(total=Sum("amount")))


def test_what_a_supplier_makes_for_one_order_line_stays_its_own_with_its_material(part):
    frame = masterdata.item("FRAME", supply_type="subcontract", lead_time_days=5, order_policy="make_to_order")
    insert = masterdata.item("INSERT", order_policy="make_to_order", lead_time_days=2)
    masterdata.supplier_item(masterdata.supplier("GALVANO"), frame, "3", is_preferred=True)
    erp_make.bom(frame, (part, "2"), (insert, "1"))
    line = crm.confirmed_order(None, crm.line(frame, "10"), warehouse_id=erp.place().pk).lines.get()
    [planned] = [one for one in erp_make.plan() if one.item == frame]
    perform(planning.firm_planned_orders, actor=superuser(), identities=[planned.identity])
    order = SubcontractOrder.objects.get()

    assert order.sales_order_line == line
    supply = Supply.objects.get(item=frame)
    assert (supply.order_line, supply.material_source_id) == (line, order.pk)
    assert {one.item for one in erp_make.plan()} == {part, insert}
    rows = [(node.depth, node.item.code, node.source) for node in pegs_of_line(line.pk).rows()]
    assert rows == [(0, "FRAME", "supply"), (1, "PART", "planned"), (1, "INSERT", "planned")]
    other = crm.confirmed_order(None, crm.line(frame, "4"), warehouse_id=erp.place().pk).lines.get()
    orders = [(one.item.code, one.quantity, one.demands) for one in erp_make.plan() if one.item != part]
    first, second = (
        Demand.objects.get(source_label="crm.salesorder", source_line_id=one.pk).pk for one in (line, other)
    )
    assert sorted(orders) == [("FRAME", 4, [second]), ("INSERT", 4, [second]), ("INSERT", 10, [first])]
    assert not SupplyAdvice.objects.exists()
