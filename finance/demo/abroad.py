"""Trade abroad in the demo company: orders in euro and dollar, screws bought in dollar."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crm.services import sales_orders
from finance.demo.days import add_working_days
from masterdata.models import Item, Partner
from scm.services import purchase_orders

D = Decimal
Do = Callable[..., Any]

ORDERS = (  # working days after the start, customer, his number, ((item, quantity, price in his currency), …), wanted
    (8, "C-DE", "NH-450122", (("ML-7", "2", "905"), ("DP-16", "2", "368")), 24),
    (26, "C-US", "PO-77310", (("DP-16", "4", "398"),), 24),
    (45, "C-DE", "NH-450187", (("DP-16", "4", "368"),), 24),
    (60, "C-US", "PO-77482", (("ML-7", "2", "985"),), 30),
)
PURCHASES = (  # working days after the start, item, quantity, price in dollar, working days until due
    (18, "BSC-16", "10", "29.80", 14),
    (55, "BSC-16", "8", "29.80", 14),
)
SUPPLIER = "S-TW"
CUSTOMERS_PAY_AFTER = {"C-DE": 24, "C-US": 44}
"""Calendar days after the invoice."""


class Abroad:
    """Does what sales and purchasing do abroad; the rest goes the usual way. ``do`` performs as one of the people."""

    def __init__(self, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.do, self.items, self.partners = do, items, partners

    def live(self, day: dt.date, number: int) -> None:
        """Take the orders of the day down, and order what is due."""
        for when, customer, reference, lines, wanted in ORDERS:
            if when == number:
                self.sell(customer, reference, lines, add_working_days(day, wanted))
        for when, item, quantity, price, days in PURCHASES:
            if when == number:
                self.buy(item, D(quantity), D(price), add_working_days(day, days))

    def sell(self, customer: str, reference: str, lines: Any, wanted: dt.date) -> None:
        order = self.do(
            "wang",
            sales_orders.create_sales_order,
            partner_id=self.partners[customer].pk,
            tax_included=False,
            requested_date=wanted,
            customer_po=reference,
            lines=[
                {"item_id": self.items[code].pk, "quantity": D(quantity), "price": D(price)}
                for code, quantity, price in lines
            ],
        )
        if order:
            self.do("wang", sales_orders.confirm_sales_order, order_id=order.pk)

    def buy(self, item: str, quantity: Decimal, price: Decimal, due: dt.date) -> None:
        order = self.do(
            "sun",
            purchase_orders.create_purchase_order,
            partner_id=self.partners[SUPPLIER].pk,
            lines=[{"item_id": self.items[item].pk, "quantity": quantity, "price": price, "due_date": due}],
            note="FOB 台中，海运拼箱",
        )
        if order:
            self.do("sun", purchase_orders.approve_purchase_order, order_id=order.pk)
