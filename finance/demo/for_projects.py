"""Stock kept by project and order: an item bought to order for a project, its order line, and what another one gets."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crm.services import sales_orders
from erp.services.project_stock import move_project_stock
from finance.demo.days import add_working_days
from masterdata.models import Item, Partner, Project
from scm.services import purchase_orders

D = Decimal
Do = Callable[..., Any]

PROJECT, NEXT = "P26-01", "P26-02"
SOLD = (2, "C-BJ", "RT-4", "2", "4280", 74)
"""Working days after the start, customer, item, pieces, price, working days until wanted: the site is not ready yet."""
BOUGHT = (4, "S-TOOL", "RT-4", "4", 5)
"""Working days after the start, supplier, item, pieces, working days until due."""
LENT = (11, "RT-4", "1", "二期教学样机先行安装，一期备用件调拨")
"""Working days after the start from which the planner gives what the project has no order for to the next one."""


class ForProjects:
    """Does what sales, buyer and planner do for a project's own goods; ``do`` performs as one of the people."""

    def __init__(self, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.do, self.items, self.partners = do, items, partners
        self.projects = dict(Project.objects.values_list("code", "pk"))
        self.lent = False

    def live(self, day: dt.date, number: int) -> None:
        """Sell, buy and move what falls on this day."""
        if number == SOLD[0]:
            self.sell(day, SOLD)
        if number == BOUGHT[0]:
            self.buy(day, BOUGHT)
        if number >= LENT[0] and not self.lent:
            self.lent = bool(self.lend(*LENT[1:]))

    def sell(self, day: dt.date, sold: tuple[int, str, str, str, str, int]) -> None:
        _when, customer, item, quantity, price, wanted = sold
        order = self.do(
            "wang",
            sales_orders.create_sales_order,
            partner_id=self.partners[customer].pk,
            tax_included=False,
            requested_date=add_working_days(day, wanted),
            project_id=self.projects[PROJECT],
            customer_po="BIT-2026-SX-038",
            lines=[{"item_id": self.items[item].pk, "quantity": D(quantity), "price": D(price)}],
        )
        if order:
            self.do("wang", sales_orders.confirm_sales_order, order_id=order.pk)

    def buy(self, day: dt.date, bought: tuple[int, str, str, str, int]) -> None:
        """Two for the order and two to spare, from the series the supplier is just making."""
        _when, supplier, item, quantity, days = bought
        order = self.do(
            "sun",
            purchase_orders.create_purchase_order,
            partner_id=self.partners[supplier].pk,
            project_id=self.projects[PROJECT],
            lines=[
                {
                    "item_id": self.items[item].pk,
                    "quantity": D(quantity),
                    "price": D(self.items[item].standard_cost),
                    "due_date": add_working_days(day, days),
                }
            ],
        )
        if order:
            self.do("sun", purchase_orders.approve_purchase_order, order_id=order.pk)

    def lend(self, item: str, quantity: str, reason: str) -> Any:
        return self.do(
            "zhao",
            move_project_stock,
            lines=[{"item_id": self.items[item].pk, "quantity": D(quantity)}],
            from_project_id=self.projects[PROJECT],
            to_project_id=self.projects[NEXT],
            reason=reason,
        )
