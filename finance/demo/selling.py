"""More of the sales desk in the demo company: changed orders, lost offers, stock held for an offer, approvals."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from core.approvals.services import request_approval
from core.services.conversations import add_follow_up, comment_document
from crm.models import Quotation, SalesOrder
from crm.services import order_changes, quotations, sales_orders
from crm.states import LostReason, QuotationState, SalesOrderState
from erp.services.reservations.holds import hold_for_quotation
from finance.demo.days import add_working_days
from masterdata.models import Item, Partner, Project

D = Decimal
Do = Callable[..., Any]

OF_PROJECT = (22, "C-BJ", "P26-01", (("DP-16", "2"),), 22)
"""Working days after the start, customer, project, what is sold for it, working days until wanted."""
CHANGED = 35
"""Working days after the start on which a customer takes one machine more."""
LOST = (  # working days after the start, customer, item, pieces, why, the customer's words
    (11, "C-CD", "ML-7", "3", LostReason.PRICE, "友商报价低 8%"),
    (31, "C-WH", "CM-3", "2", LostReason.BUDGET, "年度设备预算未批"),
)
EXPIRING = ("C-CD", (("CK-13", "12"), ("MT-037", "2")), 2)
"""An offer for spare parts in stock, held for the customer, that ends so many days from now."""
TO_APPROVE = "年度框架首单，拟以量换价，请批准"


class Selling:
    """Does what the sales desk does besides offers and orders as usual; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.items, self.partners = end, do, items, partners
        self.changed = False

    def live(self, day: dt.date, number: int) -> None:
        """Lose, change and sell for a project what falls on this day."""
        for when, customer, item, quantity, why, words in LOST:
            if when == number:
                self.lose(customer, item, quantity, why, words)
        if number == OF_PROJECT[0]:
            self.sell_for_project(day, *OF_PROJECT[1:])
        if number >= CHANGED and not self.changed:
            self.changed = self.change_an_order()

    def lines(self, goods: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
        return [{"item_id": self.items[code].pk, "quantity": D(quantity)} for code, quantity in goods]

    def offer(self, customer: str, goods: tuple[tuple[str, str], ...], **header: Any) -> Quotation | None:
        made = self.do(
            "wang",
            quotations.create_quotation,
            partner_id=self.partners[customer].pk,
            tax_included=False,
            lines=self.lines(goods),
            **header,
        )
        sent: Quotation | None = made and self.do("wang", quotations.send_quotation, quotation_id=made.pk)
        return sent

    def lose(self, customer: str, item: str, quantity: str, why: str, words: str) -> None:
        offer = self.offer(customer, ((item, quantity),))
        if offer:
            self.do("wang", quotations.lose_quotation, quotation_id=offer.pk, lost_reason=why, reason=words)

    def sell_for_project(self, day: dt.date, customer: str, project: str, goods: Any, wanted: int) -> None:
        order = self.do(
            "wang",
            sales_orders.create_sales_order,
            partner_id=self.partners[customer].pk,
            tax_included=False,
            requested_date=add_working_days(day, wanted),
            project_id=Project.objects.get(code=project).pk,
            customer_po="BIT-2026-SX-041",
            lines=self.lines(goods),
        )
        if order:
            self.do("wang", sales_orders.confirm_sales_order, order_id=order.pk)

    def change_an_order(self) -> bool:
        """The newest order of which nothing was asked for yet: one more of its first machine."""
        orders = SalesOrder.objects.filter(state=SalesOrderState.CONFIRMED, delivery_requests__isnull=True)
        order = orders.filter(currency__code="CNY", is_history=False).order_by("-pk").first()
        if order is None:
            return False
        lines = [
            {
                "id": line.pk,
                "item_id": line.item_id,
                "quantity": line.quantity + (1 if place == 0 else 0),
                "uom_id": line.uom_id,
                "price": line.price,
                "discount_percent": line.discount_percent,
                "tax_id": line.tax_id,
            }
            for place, line in enumerate(order.lines.order_by("line_no"))
        ]
        return bool(
            self.do(
                "wang",
                order_changes.change_sales_order,
                order_id=order.pk,
                lines=lines,
                reason="客户来函追加一台，交期不变",
            )
        )

    def leave_open(self) -> None:
        """Stock is held for an offer that ends soon, a cheap offer waits for approval, an order is talked about."""
        customer, goods, days = EXPIRING
        until = self.end + dt.timedelta(days=days)
        offer = self.offer(customer, goods, valid_until=until, note="现货保留两天")
        if offer:
            self.do("wang", hold_for_quotation, quotation_id=offer.pk, until=until)
        for cheap in Quotation.objects.filter(state=QuotationState.DRAFT).order_by("pk"):
            self.do(
                "wang",
                request_approval,
                document_label="crm.quotation",
                document_id=cheap.pk,
                explanation=TO_APPROVE,
            )
        order = SalesOrder.objects.filter(state=SalesOrderState.CONFIRMED, is_history=False).order_by("-pk").first()
        if order:
            about = {"label": "crm.salesorder", "document_id": order.pk}
            self.do("wang", comment_document, text="客户希望周五前到货，@zhao 能否提前两天？", **about)
            self.do("zhao", comment_document, text="电机到货后可以，按周四完工排。", **about)
            self.do(
                "wang",
                add_follow_up,
                summary="与客户确认收货人与卸货条件",
                assignee_id=order.owner_id,
                due_date=add_working_days(self.end, 2),
                **about,
            )
