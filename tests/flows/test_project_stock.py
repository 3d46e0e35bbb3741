"""Two customers order in two projects: plan, purchase, work order, receipt and shipment, each with its own goods.

A CABINET, made to order, takes 2 PANEL, bought to order, and 1 SCREW, common stock at 1.00. Project A orders 10,
project B 5. The panels of A come at 10.00 (20: 200.00), those of B at 13.00 (10: 130.00): 330.00 for 30 are 11.00 a
piece. So A's cabinets cost 20 x 11 + 10 x 1 = 230.00 and B's 10 x 11 + 5 x 1 = 115.00.
"""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from core.models import AuditEvent
from core.operations import perform
from crm import ports
from crm.models import SalesOrder
from crm.ports import PromiseRequest
from erp.errors.project_stock import KeptInPlace, NotOfProject, OtherProject, StockOfProject
from erp.models import Demand, PlanningSettings, ProjectTransfer, Reservation, StockMove, Supply, ValueEntry, WorkOrder
from erp.selectors.kit_check import KitQuestion, check_orders
from erp.selectors.project_stock import project_position
from erp.services import planning, reservations, work_orders
from erp.services.project_stock import move_project_stock
from erp.services.stock_documents import reverse_stock_document
from finance.selectors.invariants import violations
from masterdata.models import Project
from scm.models import PurchaseOrder, Requisition
from scm.services import purchase_orders
from tests.erp.services.work_order_steps import fresh, issue, on_hand, receive
from tests.factories import core, crm, erp, erp_make, finance, masterdata, scm

D = Decimal
TODAY = erp.TODAY

pytestmark = pytest.mark.django_db


def project(code: str) -> Project:
    return Project.objects.create(code=code, name=f"Project {code}")


def kept(code: str) -> dict[str, dict[str, Decimal]]:
    """What is kept of an item: by project (or document), for itself and for its orders."""
    found: dict[str, dict[str, Decimal]] = {}
    for row in Reservation.objects.filter(demand__item__code=code).select_related("demand__project"):
        own = found.setdefault(str(row.demand.project.code if row.demand.project else "-"), {})
        own[row.demand.kind] = own.get(row.demand.kind, D(0)) + row.quantity
    return found


def position(one: Project, code: str) -> tuple[Decimal, ...]:
    [row] = [row for row in project_position(one.pk) if row.item.code == code]
    return row.on_hand, row.on_order, row.in_production, row.needed, row.short


@pytest.fixture
def works():
    core.company(pinned_date=TODAY)
    finance.open_books()
    erp_make.place()
    panel = masterdata.item("PANEL", order_policy="make_to_order", lead_time_days=5)
    screw = masterdata.item("SCREW")
    cabinet = erp_make.made("CABINET", order_policy="make_to_order", lead_time_days=2)
    erp_make.bom(cabinet, (panel, "2"), (screw, "1"))
    erp_make.stock(screw, "100", "1")
    supplier = masterdata.supplier("PANELS")
    masterdata.supplier_item(supplier, panel, "10", is_preferred=True)
    return {"panel": panel, "screw": screw, "cabinet": cabinet, "buying": scm.buying_one(panel, supplier)}


def ordered(item, quantity: str, of: Project | None) -> SalesOrder:
    header = {"project_id": of.pk} if of else {}
    line = crm.line(item, quantity, ship_date=TODAY + dt.timedelta(days=40))
    return crm.confirmed_order(None, line, warehouse_id=erp.place().pk, **header)


def bought(of: Project, price: str, buying) -> PurchaseOrder:
    """The purchase order of what the plan asked for in a project, at a price."""
    asked = Requisition.objects.get(project=of)
    selections = [{"line_id": line.pk} for line in asked.lines.all()]
    [pk] = perform(purchase_orders.create_purchase_orders_from_requisitions, actor=buying.buyer, selections=selections)
    order = PurchaseOrder.objects.get(pk=pk)
    [line] = order.lines.all()
    row = {"line_id": line.pk, "item_id": line.item_id, "quantity": line.quantity, "price": D(price)}
    perform(
        purchase_orders.update_purchase_order,
        actor=buying.buyer,
        order_id=pk,
        partner_id=order.partner_id,
        warehouse_id=order.warehouse_id,
        project_id=order.project_id,
        lines=[row | {"due_date": line.due_date}],
    )
    return perform(purchase_orders.approve_purchase_order, actor=buying.buyer, order_id=pk)


def given(item, quantity: str, **between: int) -> ProjectTransfer:
    """Stock transferred between projects, or a project and common stock."""
    lines = [{"item_id": item.pk, "quantity": D(quantity)}]
    return perform(move_project_stock, actor=core.superuser(), lines=lines, reason="urgent", **between)


def test_two_projects_from_order_to_shipment_each_with_its_own_goods(works):
    a, b = project("A"), project("B")
    orders = {one: ordered(works["cabinet"], quantity, one) for one, quantity in ((a, "10"), (b, "5"))}
    planned = erp_make.plan()
    assert [(one.item.code, one.quantity) for one in planned if one.item.code != "SCREW"] == [
        ("CABINET", 10), ("CABINET", 5), ("PANEL", 20), ("PANEL", 10),
    ]  # fmt: skip
    perform(planning.firm_planned_orders, actor=core.superuser(), identities=[one.identity for one in planned])
    made = {one: WorkOrder.objects.get(project=one) for one in (a, b)}
    assert [made[one].sales_order_line.order for one in (a, b)] == [orders[a], orders[b]]
    assert position(a, "PANEL") == (0, 20, 0, 20, 0)

    buys = {a: bought(a, "10", works["buying"]), b: bought(b, "13", works["buying"])}
    assert [(one.project, one.lines.get().quantity) for one in buys.values()] == [(a, 20), (b, 10)]
    assert sorted(Supply.objects.filter(item=works["panel"]).values_list("project__code", "open_quantity")) == [
        ("A", 20), ("B", 10),
    ]  # fmt: skip
    scm.posted_receipt(works["buying"], buys[a])
    assert kept("PANEL") == {"A": {"work_order": 20}}, "what came for the project goes to the order that wants it"
    other = erp_make.released_work_order(works["cabinet"], "3")
    with pytest.raises(StockOfProject) as refusal:
        issue(other, "6", "0")
    assert "Project A" in str(refusal.value)
    scm.posted_receipt(works["buying"], buys[b])
    assert kept("PANEL") == {"A": {"work_order": 20}, "B": {"work_order": 10}}

    for one, quantity in ((a, "10"), (b, "5")):
        perform(work_orders.release_work_order, actor=None, work_order_id=made[one].pk)
        issue(made[one], str(int(quantity) * 2), quantity)
        receive(made[one], quantity)
    assert kept("CABINET") == {"A": {"sales": 10}, "B": {"sales": 5}}
    assert (position(a, "CABINET"), position(b, "CABINET")) == ((10, 0, 0, 10, 0), (5, 0, 0, 5, 0))
    common = ordered(works["cabinet"], "3", None)
    giver, taker = (Demand.objects.get(source_id=one.pk, kind="sales") for one in (orders[a], common))
    with pytest.raises(OtherProject):
        perform(
            reservations.reassign_reservation,
            actor=core.superuser(),
            from_demand_id=giver.pk,
            to_demand_id=taker.pk,
            quantity=D(1),
        )
    assert [(one.item.code, one.quantity) for one in erp_make.plan() if one.item.code == "CABINET"] == []

    for order in (orders[a], orders[b]):
        erp.shipped(order)
    costs = ValueEntry.objects.filter(kind="shipment").order_by("pk").values_list("amount", flat=True)
    assert list(costs) == [D("-230.00"), D("-115.00")]
    assert (on_hand("PANEL"), on_hand("CABINET"), on_hand("SCREW")) == (0, 0, 85)
    assert [fresh(one).material_cost for one in made.values()] == [230, 115]
    assert not StockMove.objects.filter(item=works["cabinet"], kind="shipment").exclude(quantity__in=[10, 5]).exists()
    perform(work_orders.cancel_work_order, actor=None, work_order_id=other.pk)
    assert violations() == []


def test_pages_and_routes_show_the_stock_of_a_project_and_move_it(works, client):
    a, b = project("A"), project("B")
    boss = core.superuser()
    buy = scm.approved_order(works["buying"], scm.line(works["panel"], "8", price=D(10)), project_id=a.pk)
    scm.posted_receipt(works["buying"], buy)
    client.force_login(boss)
    listed = reverse("erp:project-stock-list")
    assert "PANEL" in client.get(listed, {"project": a.pk}).content.decode()
    assert "PANEL" not in client.get(listed, {"project": b.pk}).content.decode()
    exported = b"".join(client.get(listed, {"project": a.pk, "export": "csv"}).streaming_content)
    assert b"PANEL" in exported
    assert "PANEL" in client.get(reverse("erp:stock-balance-list"), {"project": a.pk}).content.decode()
    typed = {"from_project": a.pk, "to_project": b.pk, "reason": "urgent", "lines-0-item": works["panel"].pk}
    typed |= {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-0-quantity": "3"}
    answer = client.post(reverse("erp:project-stock-move"), typed | {"lines-0-quantity": "9"})
    assert (answer.status_code, "only 8 can be moved" in answer.content.decode()) == (409, True)
    answer = client.post(reverse("erp:project-stock-move"), typed, follow=True)
    transfer = ProjectTransfer.objects.get()
    assert (answer.redirect_chain[0][0], transfer.number[:2]) == (transfer.get_absolute_url(), "PT")
    page, transfers = answer.content.decode(), reverse("erp:project-transfer-list")
    assert [text for text in (transfer.number, "PANEL", "urgent", "Project B", str(boss)) if text not in page] == []
    found = {"of B": {"project": b.pk}, "item": {"item": works["screw"].pk}, "number": {"q": transfer.number}}
    shown = {name: len(client.get(transfers, query).context["table"].rows) for name, query in found.items()}
    assert shown == {"of B": 1, "item": 0, "number": 1}
    assert transfer.number.encode() in b"".join(client.get(transfers, {"export": "csv"}).streaming_content)
    ordered(works["panel"], "6", b)
    panel = client.get(reverse("masterdata:project-detail", args=[b.pk])).content.decode()
    assert "Stock of the project" in panel
    assert "PANEL" in panel

    api = APIClient()
    api.force_authenticate(boss)
    route = "/api/v1/erp/project-stock/"
    [row] = api.get(route, {"project": b.pk}).json()["results"]
    assert (row["quantity"], row["kind"]) == ("3.000000", "sales")
    [stands] = api.get(f"{route}position/", {"project": b.pk}).json()
    assert [stands[name] for name in ("on_hand", "free", "needed", "short")] == [
        "3.000000", "0.000000", "6.000000", "3.000000",
    ]  # fmt: skip
    move = {"item_id": works["panel"].pk, "quantity": "2", "from_project_id": a.pk, "reason": "left over"}
    answer = api.post(f"{route}move/", move, headers={"Idempotency-Key": "m1"})
    assert [one["on_hand"] for one in answer.json()] == ["3.000000"]
    move = {"to_project_id": b.pk, "reason": "now", "lines": [{"item_id": works["screw"].pk, "quantity": "4"}]}
    answer = api.post("/api/v1/erp/project-transfers/", move, headers={"Idempotency-Key": "m2"}, format="json")
    assert (answer.status_code, [one["quantity"] for one in answer.json()["lines"]]) == (201, ["4.000000"])
    assert len(api.get("/api/v1/erp/project-transfers/", {"project": b.pk}).json()["results"]) == 2
    assert api.get(f"{route}position/", {"project": "no"}).status_code == 422


def test_what_a_project_keeps_is_moved_by_a_decision_and_planned_for_it_alone(works):
    a, b = project("A"), project("B")
    panel = works["panel"]
    buy = scm.approved_order(works["buying"], scm.line(panel, "8", price=D(10)), project_id=a.pk)
    scm.posted_receipt(works["buying"], buy)
    assert kept("PANEL") == {"A": {"project": 8}}, "bought by hand for a project it is the project's"
    with pytest.raises(NotOfProject):
        given(panel, "9", from_project_id=a.pk, to_project_id=b.pk)
    first = given(panel, "3", from_project_id=a.pk, to_project_id=b.pk)
    second = given(panel, "1", from_project_id=b.pk)
    assert [line.location for one in (first, second) for line in one.lines.all()] == [erp.shelf()] * 2
    assert kept("PANEL") == {"A": {"project": 5}, "B": {"project": 2}}
    told = AuditEvent.objects.filter(object_label="masterdata.project", object_id=str(b.pk)).order_by("pk")
    assert [one.verb.rpartition(".")[2] for one in told] == ["stock_taken", "stock_given"]
    assert [one.reason for one in told] == [
        f"PANEL × 3 · A · urgent · {first.number}",
        f"PANEL × 1 · urgent · {second.number}",
    ]
    asked = [PromiseRequest(panel.pk, D(6), TODAY)]
    answers = [ports.promise(asked, project_id=one) for one in (a.pk, b.pk, None)]
    assert [one.available for [one] in answers] == [6, 3, 1], "its own and the one that is common"
    for of, quantity in ((a, "6"), (b, "6"), (None, "1")):
        ordered(panel, quantity, of)
    assert kept("PANEL") == {"A": {"sales": 5}, "B": {"sales": 2}}
    assert sorted(one.quantity for one in erp_make.plan() if one.item == panel) == [1, 1, 4]
    assert (position(a, "PANEL"), position(b, "PANEL")) == ((5, 0, 0, 6, 1), (2, 0, 0, 6, 4))


def lying(code: str) -> dict[tuple[str, str], Decimal]:
    """What is kept of an item by place and kind of demand."""
    rows = Reservation.objects.filter(demand__item__code=code)
    return {
        (row.balance.location.code, row.demand.kind): row.quantity
        for row in rows.select_related("demand", "balance__location")
    }


def test_what_is_kept_goes_along_to_another_bin_and_to_where_its_owner_may_use_it(works):
    a, panel = project("A"), works["panel"]
    buy = scm.approved_order(works["buying"], scm.line(panel, "9", price=D(10)), project_id=a.pk)
    scm.posted_receipt(works["buying"], buy)
    given(panel, "1", from_project_id=a.pk)
    ordered(panel, "5", a)
    home, bins = erp.shelf(), {code: masterdata.location(erp.place(), code) for code in ("BIN2", "BIN3")}
    blocked = masterdata.location(erp.place(), "BAD", status="blocked")
    assert lying("PANEL") == {(home.code, "sales"): 5, (home.code, "project"): 3}

    def moved(quantity: str, start, target):
        line = {"item_id": panel.pk, "quantity": D(quantity), "location_id": start.pk, "to_location_id": target.pk}
        return erp.posted(erp.draft("transfer", line, to_warehouse_id=target.warehouse_id))

    document = moved("5", home, bins["BIN2"])
    assert lying("PANEL") == {(home.code, "sales"): 4, ("BIN2", "project"): 3, ("BIN2", "sales"): 1}, "free ones first"
    perform(reverse_stock_document, actor=None, document_id=document.pk)
    assert lying("PANEL") == {(home.code, "sales"): 5, (home.code, "project"): 3}
    moved("8", home, bins["BIN2"])
    assert lying("PANEL") == {(home.code, "sales"): 1, ("BIN2", "project"): 3, ("BIN2", "sales"): 4}
    moved("8", bins["BIN2"], bins["BIN3"])
    with pytest.raises(KeptInPlace) as refusal:
        moved("2", bins["BIN3"], blocked)
    assert "only 1 of 2 can be moved" in str(refusal.value)
    far = erp.shelf(masterdata.warehouse("FAR"))
    with pytest.raises(StockOfProject):
        moved("5", bins["BIN3"], far)
    moved("4", bins["BIN3"], far)
    assert lying("PANEL") == {(home.code, "sales"): 1, (far.code, "project"): 3, ("BIN3", "sales"): 4}
    assert position(a, "PANEL") == (8, 0, 0, 5, 0)
    assert violations() == []


def test_components_that_a_project_keeps_count_for_its_own_orders_alone(works):
    a, b, panel, cabinet = project("A"), project("B"), works["panel"], works["cabinet"]
    PlanningSettings.objects.create(promise_rule="ctp")
    for quantity in ("20", "20"):
        buy = scm.approved_order(works["buying"], scm.line(panel, quantity, price=D(10)), project_id=a.pk)
        scm.posted_receipt(works["buying"], buy)
    asked = [PromiseRequest(cabinet.pk, D(10), TODAY)]
    [own], [other] = (ports.promise(asked, project_id=one.pk) for one in (a, b))
    assert own.promise_date < other.promise_date, "B has to buy its panels first"

    for one in (b, a):
        ordered(cabinet, "10", one)
    planned = [one for one in erp_make.plan() if one.item != works["screw"]]
    assert [(one.item.code, one.quantity) for one in planned] == [("CABINET", 10), ("CABINET", 10), ("PANEL", 20)]
    made_up = [one.identity for one in planned if one.item == cabinet]
    perform(planning.firm_planned_orders, actor=core.superuser(), identities=made_up)
    assert kept("PANEL") == {"A": {"project": 20, "work_order": 20}}, "with the order, not after it"
    made = {one: WorkOrder.objects.get(project=one) for one in (a, b)}
    for one in made.values():
        perform(work_orders.release_work_order, actor=None, work_order_id=one.pk)
    assert kits() == {made[a].pk: "complete", made[b].pk: "none"}

    given(panel, "12", from_project_id=a.pk, to_project_id=b.pk)
    assert kept("PANEL") == {"A": {"project": 8, "work_order": 20}, "B": {"work_order": 12}}
    assert kits() == {made[a].pk: "complete", made[b].pk: "partial"}
    assert sum(one.quantity for one in erp_make.plan() if one.item == panel) == 8


def kits() -> dict[int, str]:
    return {row.pk: row.status for row in check_orders(KitQuestion()).rows()}
