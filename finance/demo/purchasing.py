"""More of the buyer's desk in the demo company: projects, confirmed dates, wishes, a bill that is too high."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.approvals.services import request_approval
from finance.demo.days import add_working_days
from finance.models import GrniLine
from finance.selectors.invoiceable import services_to_invoice
from finance.services import invoices
from finance.states import Side
from masterdata.models import Department, Item, Partner, Project
from scm.models import PurchaseOrder
from scm.services import purchase_orders, requisitions
from scm.states import PurchaseOrderState

D = Decimal
Do = Callable[..., Any]

FOR_PROJECTS = (  # working days after the start, supplier, project, what, pieces, price, working days until due
    (12, "S-TOOL", "P26-01", "教学线工装夹具（含安装调试）", "4", "3200", 12),
    (30, "S-ELEC", "P26-01", "数控教学线电气隔离柜", "2", "4650", 15),
    (38, "S-TOOL", "P26-03", "CE 型式试验刀具套装", "1", "2380", 10),
)
TOO_DEAR = D("1.06")
"""What a supplier bills beyond the price he was asked for."""
MEASURING = ("S-TOOL", "三坐标测量机 500×700×500（含培训）", "128000", "P26-01")
WISHES = (  # asked by, purpose, project, ((what, pieces), …): agreed to, waiting for the buyer
    ("wu", "P26-02 实训线气动夹具", "P26-02", (("气动平口钳 6 寸", "6"), ("三联件与气管", "6"))),
    ("zhao", "CE 认证检测", "P26-03", (("EMC 预测试服务", "1"),)),
)
REFUSED = ("wu", "车间空调更换", "中央空调主机 10P", "本年度无此预算，列入明年计划")


class Purchasing:
    """Does what the buyer does besides the daily orders; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.items, self.partners = end, do, items, partners
        self.projects = dict(Project.objects.values_list("code", "pk"))
        self.departments = dict(Department.objects.values_list("code", "pk"))

    def live(self, day: dt.date, number: int) -> None:
        """Order for projects what falls on this day; on Fridays enter the bills for it."""
        for when, supplier, project, what, pieces, price, days in FOR_PROJECTS:
            if when == number:
                line = {"description": what, "quantity": D(pieces), "price": D(price)}
                self.order(supplier, project, line | {"due_date": add_working_days(day, days)})
        if day.weekday() == 4:
            self.enter_service_bills(day)

    def order(self, supplier: str, project: str, line: dict[str, Any]) -> Any:
        made = self.do(
            "sun",
            purchase_orders.create_purchase_order,
            partner_id=self.partners[supplier].pk,
            project_id=self.projects[project],
            department_id=self.departments["PROD"],
            lines=[line],
        )
        return made and self.do("sun", purchase_orders.approve_purchase_order, order_id=made.pk)

    def enter_service_bills(self, day: dt.date) -> None:
        for line in services_to_invoice().select_related("order").order_by("pk"):
            made = self.do(
                "zheng",
                invoices.invoice_receipts,
                receipts={},
                services={str(line.pk): None},
                supplier_reference=f"FW{line.order.number[2:]}-{line.pk}",
            )
            for key in made or ():
                self.do("zheng", invoices.post_invoice, invoice_id=key)

    def leave_open(self) -> None:
        """Wishes wait for the buyer, a large order for the manager, a bill that is too high for somebody's release."""
        self.confirm_dates()
        for who, purpose, project, rows in WISHES:
            wish = self.wish(who, purpose, project, rows)
            if wish:
                self.do("sun", requisitions.approve_requisition, requisition_id=wish.pk)
        who, purpose, what, why = REFUSED
        wish = self.wish(who, purpose, None, ((what, "1"),))
        if wish:
            self.do("sun", requisitions.reject_requisition, requisition_id=wish.pk, reason=why)
        self.ask_for_large_order()
        self.enter_dear_bill()

    def confirm_dates(self) -> None:
        """Suppliers confirmed some of what is open; one of them puts his delivery off by three days."""
        orders = PurchaseOrder.objects.filter(state=PurchaseOrderState.APPROVED, is_subcontract=False)
        still = orders.filter(lines__received_quantity=0, lines__is_closed=False).distinct().order_by("-pk")
        for place, order in enumerate(still.prefetch_related("lines")[:4]):
            lines = [line for line in order.lines.all() if not line.is_closed]
            late = 3 if place == 0 else 0
            self.do(
                "sun",
                purchase_orders.confirm_purchase_order_dates,
                order_id=order.pk,
                dates=[
                    {"line_id": line.pk, "confirmed_date": add_working_days(max(line.due_date, self.end), late)}
                    for line in lines
                ],
                supplier_reference=f"HX-{order.number[-6:]}",
            )
        first = still.last()
        if first:
            lines = list(first.lines.order_by("line_no"))
            self.do(
                "sun",
                purchase_orders.change_purchase_order,
                order_id=first.pk,
                lines=[
                    {
                        "line_id": line.pk,
                        "quantity": line.quantity,
                        "price": line.price,
                        "discount_percent": line.discount_percent,
                        "due_date": add_working_days(max(line.due_date, self.end), 3),
                    }
                    for line in lines
                ],
                reason="供方设备检修，交期顺延三天",
            )

    def wish(self, who: str, purpose: str, project: str | None, rows: tuple[tuple[str, str], ...]) -> Any:
        needed = add_working_days(self.end, 15)
        made = self.do(
            who,
            requisitions.create_requisition,
            needed_date=needed,
            purpose=purpose,
            department_id=self.departments["PROD"],
            project_id=self.projects[project] if project else None,
            lines=[{"description": what, "quantity": D(pieces), "needed_date": needed} for what, pieces in rows],
        )
        return made and self.do(who, requisitions.submit_requisition, requisition_id=made.pk)

    def ask_for_large_order(self) -> None:
        supplier, what, price, project = MEASURING
        made = self.do(
            "sun",
            purchase_orders.create_purchase_order,
            partner_id=self.partners[supplier].pk,
            project_id=self.projects[project],
            department_id=self.departments["PROD"],
            lines=[
                {
                    "description": what,
                    "quantity": D(1),
                    "price": D(price),
                    "due_date": add_working_days(self.end, 40),
                }
            ],
        )
        if made:
            self.do(
                "sun",
                request_approval,
                document_label="scm.purchaseorder",
                document_id=made.pk,
                explanation="数控教学线验收需要，三家比价后最低",
            )

    def enter_dear_bill(self) -> None:
        """A supplier's bill asks for more than was agreed: it is entered, and blocked for payment."""
        open_ones = GrniLine.objects.filter(open_quantity__gt=0, item__isnull=False)
        row = open_ones.select_related("purchase_order_line").order_by("pk").first()
        made = row and self.do(
            "zheng",
            invoices.create_invoice,
            kind=Side.SUPPLIER,
            partner_id=row.partner_id,
            supplier_reference=f"FP{self.end:%y%m%d}-{row.receipt_line_id}",
            lines=[
                {
                    "receipt_line_id": row.receipt_line_id,
                    "quantity": row.open_quantity,
                    "price": row.purchase_order_line.price * TOO_DEAR,
                }
            ],
        )
        if made:
            self.do("zheng", invoices.post_invoice, invoice_id=made.pk)
