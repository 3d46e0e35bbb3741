"""The bicycle maker after its cut-over: a month of open orders lived day by day, each document by its service."""

import datetime as dt
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from core.clock import on_day
from core.operations import perform
from crm.models import DeliveryRequest, SalesOrder
from crm.services import deliveries, sales_orders
from crm.states import SalesOrderState
from erp.models import Shipment, StockBalance, WorkOrder
from erp.selectors.kits import kit_of
from erp.selectors.picking import pick_suggestions
from erp.selectors.plan import current_run, planned_orders
from erp.selectors.work_orders import material_supply
from erp.services import planning, shipments, work_orders
from erp.states import ShipmentState, WorkOrderState
from finance.models import Account, GrniLine, Invoice, JournalLine, UnbilledLine
from finance.services import invoices, manual_entries, payments, vouchers
from finance.states import AccountRole, InvoiceState, ManualEntryKind, Side, VoucherGrouping, VoucherNaming
from masterdata.models import Currency, Employee, Item, Partner, SupplierItem
from masterdata.selectors.calendars import add_working_days
from scm.models import GoodsReceipt, PurchaseOrder, PurchaseOrderLine, RequisitionLine
from scm.services import goods_receipts, purchase_orders
from scm.states import GoodsReceiptState, PurchaseOrderState, RequisitionState
from tests.factories import finance
from tests.factories.core import user_in_role

D = Decimal
CAPITAL = D(10_000_000)
"""What the owners paid in: the files say nothing of money."""
ARRIVE_OVER = 12
"""Orders overdue at the cut-over arrive over so many working days."""
FIRM_AHEAD = 4
SIGNED_AFTER, CUSTOMERS_PAY_AFTER, SUPPLIERS_PAID_AFTER = 2, 1, 5
MINUTES = D(6) / 60
"""Hours of labour a piece."""
SCRAPPED_ONE_IN = 50
AT_ONCE = 200


class Tally:
    """Seconds and statements of each operation, and how many there were."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.statements: Counter[str] = Counter()

    def measure(self, name: str, work: Callable[[], Any]) -> Any:
        asked = 0

        def listen(execute: Any, *asking: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*asking)

        began = time.perf_counter()
        with connection.execute_wrapper(listen):
            result = work()
        self.seconds[name] += time.perf_counter() - began
        self.count[name] += 1
        self.statements[name] += asked
        return result

    def lines(self) -> list[str]:
        """A table, the dearest first."""
        rows = [f"{'operation':<42}{'times':>7}{'ms each':>9}{'statements each':>17}{'seconds':>9}"]
        for name in sorted(self.seconds, key=self.seconds.__getitem__, reverse=True):
            count, seconds = self.count[name], self.seconds[name]
            asked = self.statements[name] / count
            rows.append(f"{name:<42}{count:>7}{seconds / count * 1000:>9.1f}{asked:>17.1f}{seconds:>9.1f}")
        rows.append(f"{'in all':<42}{self.count.total():>7}{'':>26}{sum(self.seconds.values()):>9.1f}")
        return rows


class Month:
    """The company's days; ``live`` lives one. Nothing that the program refuses is passed over."""

    def __init__(self, *, bicycle: str, ordered: int, firmed: int | None = None) -> None:
        """``firmed``: how many proposals of the plan a day is content with; None for all."""
        self.bicycle, self.ordered, self.firmed = bicycle, ordered, firmed
        self.tally = Tally()
        self.people = SimpleNamespace(
            sales=user_in_role("sales"),
            planner=user_in_role("planner"),
            buyer=user_in_role("buyer"),
            warehouse=user_in_role("warehouse"),
            maker=user_in_role("production", "warehouse"),
            clerk=user_in_role("finance"),
            reviewer=user_in_role("finance_manager"),
            poster=user_in_role("finance_manager"),
        )
        staff = Employee.objects.filter(is_active=True, labour_rate__gt=0)
        self.workers = list(staff.order_by("code").values_list("pk", flat=True))
        self.bank = finance.bank()
        self.overdue = list(self.open_purchases().order_by("number").values_list("pk", flat=True))

    def do(self, who: Any, service: Any, **arguments: Any) -> Any:
        """Perform as one of the people."""
        return self.tally.measure(service.__name__, lambda: perform(service, actor=who, **arguments))

    @staticmethod
    def open_purchases() -> Any:
        return PurchaseOrder.objects.filter(state=PurchaseOrderState.APPROVED)

    def open_books(self, day: dt.date) -> None:
        """Opening balances: the stock counted, the money in the bank, the capital; and an order from abroad."""
        with on_day(day):
            self.do(
                self.people.reviewer,
                vouchers.save_ledger_settings,
                voucher_grouping=VoucherGrouping.DAY,
                voucher_naming=VoucherNaming.SINGLE,
                vouchers_required=True,
                carry_over_required=True,
            )
            stock = JournalLine.objects.filter(account__is_control=True).values_list("account")
            lines = [{"account_id": key, "debit": total} for key, total in stock.annotate(total=Sum("amount"))]
            capital = CAPITAL + sum((line["debit"] for line in lines), D(0))
            lines += [{"account_id": self.bank.account_id, "debit": CAPITAL}]
            lines += [{"account_id": Account.objects.get(code="3010").pk, "credit": capital}]
            entry = {"kind": ManualEntryKind.OPENING, "document_date": day, "description": "Opening balances"}
            self.do(self.people.clerk, manual_entries.record_manual_entry, lines=lines, **entry)
            shop = Partner.objects.filter(is_customer=True, kind="company", country="CA").order_by("code").first()
            order = self.do(
                self.people.sales,
                sales_orders.create_sales_order,
                partner_id=shop.pk,
                currency_id=Currency.objects.get(code="CAD").pk,
                tax_included=False,
                requested_date=add_working_days(day, 2),
                lines=[{"item_id": Item.objects.get(code=self.bicycle).pk, "quantity": D(self.ordered), "price": 2900}],
            )
            self.do(self.people.sales, sales_orders.confirm_sales_order, order_id=order.pk)

    def live(self, day: dt.date, number: int) -> None:
        """One day: receiving, planning, buying, making, delivering, invoicing, paying."""
        with on_day(day):
            self.receive(day, number)
            self.plan(day)
            self.buy()
            self.make()
            self.deliver(day)
            self.sign(day)
            self.invoice()
            self.pay(day)

    def receive(self, day: dt.date, number: int) -> None:
        """Orders overdue at the cut-over arrive in turn, all others when they are due."""
        late = {pk for place, pk in enumerate(self.overdue) if place % ARRIVE_OVER <= number}
        lines = PurchaseOrderLine.objects.filter(
            order__in=self.open_purchases(), is_closed=False, received_quantity__lt=F("stock_quantity")
        )
        arrived: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for line in lines.order_by("order_id", "line_no"):
            if line.order_id in late or (line.order_id not in self.overdue and line.due_date <= day):
                left = line.quantity - line.received_quantity
                arrived[line.order_id].append({"order_line_id": line.pk, "quantity": left})
        for order, rows in arrived.items():
            self.do(self.people.warehouse, goods_receipts.receive_goods, order_id=order, lines=rows)

    def plan(self, day: dt.date) -> None:
        """Net all demand; firm what has to start soon and can be made."""
        self.tally.measure("run_plan", planning.run_plan)
        run = current_run()
        without_bom = [one["item_id"] for one in run.problems if one["code"] == "no_bom"]
        soon = planned_orders(run).filter(start_date__lte=day + dt.timedelta(days=FIRM_AHEAD))
        rows = soon.exclude(item_id__in=without_bom).order_by("item_id", "due_date", "sequence")
        names = [one.identity for one in rows[: self.firmed]]
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            self.do(self.people.planner, planning.firm_planned_orders, identities=some)

    def buy(self) -> None:
        """One purchase order a supplier for all that the plan asked for; what the files name no vendor for waits."""
        lines = RequisitionLine.objects.filter(
            requisition__state=RequisitionState.APPROVED, is_closed=False, ordered_quantity__lt=F("stock_quantity")
        )
        sold = SupplierItem.objects.filter(is_preferred=True).values("item")
        chosen = lines.filter(item__in=sold).order_by("pk")
        selections = [{"line_id": key} for key in chosen.values_list("pk", flat=True)]
        if selections:
            service = purchase_orders.create_purchase_orders_from_requisitions
            for key in self.do(self.people.buyer, service, selections=selections):
                self.do(self.people.buyer, purchase_orders.approve_purchase_order, order_id=key)

    def make(self) -> None:
        """Finish what was begun before today; release what waits, and begin what is complete."""
        for order in WorkOrder.objects.filter(state=WorkOrderState.IN_PROGRESS).order_by("pk"):
            self.finish(order)
        waiting = WorkOrder.objects.filter(state__in=[WorkOrderState.DRAFT, WorkOrderState.RELEASED])
        for order in waiting.select_related("item__uom", "warehouse").order_by("start_date", "pk"):
            if order.state == WorkOrderState.DRAFT:
                self.do(self.people.planner, work_orders.release_work_order, work_order_id=order.pk)
                order.refresh_from_db()
            kit = kit_of(order, material_supply(order, order.start_date))
            if kit.possible >= order.quantity:
                self.do(self.people.maker, work_orders.issue_kits, work_order_id=order.pk, sets=order.quantity)

    def finish(self, order: WorkOrder) -> None:
        """Report the work with its scrap, take the good pieces into stock; an order that brought less ends so."""
        scrap = order.quantity // SCRAPPED_ONE_IN
        good, worker = order.quantity - scrap, self.workers[order.pk % len(self.workers)]
        told = {"employee_id": worker, "good_quantity": good, "scrap_quantity": scrap}
        told |= {"hours": order.quantity * MINUTES, "scrap_reason": "Paint process failed" if scrap else ""}
        maker = self.people.maker
        self.do(maker, work_orders.report_operation, work_order_id=order.pk, **told)
        self.do(maker, work_orders.receive_production, work_order_id=order.pk, quantity=good)
        order.refresh_from_db()
        if order.state == WorkOrderState.IN_PROGRESS:
            self.do(maker, work_orders.complete_work_order, work_order_id=order.pk, reason="scrap")

    def deliver(self, day: dt.date) -> None:
        """Ask for the delivery of every order that is there in full; pick and ship it."""
        asked = DeliveryRequest.objects.exclude(state="cancelled").values("order_id")
        orders = SalesOrder.objects.filter(state=SalesOrderState.CONFIRMED, is_history=False).exclude(pk__in=asked)
        free = self.in_stock()
        for order in orders.order_by("requested_date", "pk").prefetch_related("lines"):
            wanted = {line.item_id: line.open_quantity for line in order.lines.all()}
            if all(free[item] >= quantity for item, quantity in wanted.items()):
                for item, quantity in wanted.items():
                    free[item] -= quantity
                sales = self.people.sales
                request = self.do(sales, deliveries.create_delivery_request, order_id=order.pk)
                self.do(sales, deliveries.release_delivery_request, request_id=request.pk)
        for shipment in Shipment.objects.filter(state=ShipmentState.DRAFT).order_by("pk"):
            picks = [
                {"line_id": one.line.pk, "location_id": one.location.pk, "lot_id": None, "quantity": one.quantity}
                for one in pick_suggestions(shipment, day)
            ]
            warehouse, key = self.people.warehouse, shipment.pk
            self.do(warehouse, shipments.pick_shipment, shipment_id=key, picks=picks)
            self.do(warehouse, shipments.ship_shipment, shipment_id=key, carrier="CARGO TRANSPORT 5")

    @staticmethod
    def in_stock() -> defaultdict[int | None, Decimal]:
        rows = StockBalance.objects.filter(location__kind="storage").values_list("item_id")
        return defaultdict(Decimal, rows.annotate(total=Sum("on_hand")))

    def sign(self, day: dt.date) -> None:
        before = add_working_days(day, -SIGNED_AFTER)
        for shipment in Shipment.objects.filter(state=ShipmentState.SHIPPED, shipped_date__lte=before).order_by("pk"):
            self.do(
                self.people.warehouse, shipments.sign_off_shipment, shipment_id=shipment.pk, signed_by="Goods received"
            )

    def invoice(self) -> None:
        """Invoice what was signed for; take down the bill of every supplier whose goods came."""
        clerk = self.people.clerk
        signed = UnbilledLine.objects.filter(shipment__state=ShipmentState.SIGNED).exclude(open_quantity=0)
        keys = {str(key): None for key in signed.values_list("shipment_line_id", flat=True)}
        if keys:
            self.post(self.do(clerk, invoices.invoice_deliveries, deliveries=keys))
        received: dict[int, dict[str, None]] = defaultdict(dict)
        for order, line in GrniLine.objects.exclude(open_quantity=0).values_list("purchase_order", "receipt_line"):
            received[order][str(line)] = None
        for order, lines in sorted(received.items()):
            reference = f"B{order}-{min(map(int, lines))}"
            self.post(self.do(clerk, invoices.invoice_receipts, receipts=lines, supplier_reference=reference))

    def post(self, drafts: Iterable[int]) -> None:
        for key in drafts:
            self.do(self.people.clerk, invoices.post_invoice, invoice_id=key)

    def pay(self, day: dt.date) -> None:
        """Customers pay soon (the one abroad later), suppliers get their money after a week."""
        after = {Side.CUSTOMER: CUSTOMERS_PAY_AFTER, Side.SUPPLIER: SUPPLIERS_PAID_AFTER}
        due = Invoice.objects.filter(state=InvoiceState.POSTED, is_credit=False).exclude(open_amount=0)
        for invoice in due.filter(currency=self.bank.currency).order_by("document_date", "pk"):
            if add_working_days(invoice.document_date, after[Side(invoice.kind)]) <= day:
                self.do(
                    self.people.clerk,
                    payments.record_payment,
                    partner_id=invoice.partner_id,
                    kind=invoice.kind,
                    bank_account_id=self.bank.pk,
                    amount=invoice.open_amount,
                    lines=[{"invoice_id": invoice.pk, "amount": invoice.open_amount}],
                )

    def results(self) -> dict[str, int]:
        """What the month brought, counted."""
        return {
            "receipts": GoodsReceipt.objects.filter(state=GoodsReceiptState.POSTED).count(),
            "work orders made": WorkOrder.objects.filter(
                state__in=[WorkOrderState.COMPLETED, WorkOrderState.CLOSED],
                completed_quantity__gt=0,
                received_cost__gt=0,
            ).count(),
            "shipments": Shipment.objects.exclude(state__in=[ShipmentState.DRAFT]).count(),
            "customer invoices": Invoice.objects.filter(kind=Side.CUSTOMER, state=InvoiceState.POSTED).count(),
            "supplier invoices": Invoice.objects.filter(kind=Side.SUPPLIER, state=InvoiceState.POSTED).count(),
            "sales orders closed": SalesOrder.objects.filter(state=SalesOrderState.CLOSED, is_history=False).count(),
            "sales orders open": SalesOrder.objects.filter(state=SalesOrderState.CONFIRMED, is_history=False).count(),
        }


def stock_in_the_ledger() -> Decimal:
    """What stands on the accounts of stock."""
    lines = JournalLine.objects.filter(account__mappings__role=AccountRole.STOCK)
    return lines.aggregate(total=Sum("amount"))["total"] or D(0)
