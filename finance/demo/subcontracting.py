"""Work given out in the demo company: axes are assembled outside when the benches are full."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from finance.demo.days import add_working_days
from finance.demo.dispatch import lying
from masterdata.models import Item, Partner
from scm.models import SubcontractChargeBack, SubcontractOrder
from scm.services import subcontract_orders
from scm.states import SubcontractState

D = Decimal
Do = Callable[..., Any]
ITEM, SUPPLIER = "AX-3", "S-ASSY"
FEE, DAYS = D(95), 6
ORDERS = ((15, "3"), (34, "2"), (50, "3"))
"""Working days after the start and pieces; material goes out as soon as it is there."""
OVERUSED, SPOILT = "LG-15", D(1)
"""Of the second order the supplier spoils one guide: he gets one more with the material, and has to pay for it."""


class Subcontracting:
    """Does what the buyer and the warehouse do with the subcontractor; ``do`` performs as one of the people."""

    def __init__(self, end: dt.date, do: Do, items: Mapping[str, Item], partners: Mapping[str, Partner]) -> None:
        self.end, self.do, self.items, self.supplier = end, do, items, partners[SUPPLIER]
        self.delivered: set[int] = set()

    def live(self, day: dt.date, number: int) -> None:
        """Give out what falls on this day, send material, take in what is done."""
        for when, quantity in ORDERS:
            if when == number:
                self.give_out(day, D(quantity))
        for order in SubcontractOrder.objects.filter(state=SubcontractState.RELEASED).order_by("pk"):
            if any(one.open_quantity for one in order.materials.all()):
                self.send(order)
            elif order.due_date <= day < self.end and order.pk not in self.delivered:
                self.take_in(order)

    def give_out(self, day: dt.date, quantity: Decimal) -> SubcontractOrder | None:
        """Write and release an order."""
        made = self.do(
            "sun",
            subcontract_orders.create_subcontract_order,
            partner_id=self.supplier.pk,
            item_id=self.items[ITEM].pk,
            quantity=quantity,
            due_date=add_working_days(day, DAYS),
            fee=FEE,
            allowance_percent=D(2),
            note="装配工位满负荷，外协装配",
        )
        return made and self.do("sun", subcontract_orders.release_subcontract_order, order_id=made.pk)

    def send(self, order: SubcontractOrder) -> bool:
        """Send all material of an order when all of it is free."""
        materials = list(order.materials.select_related("item"))
        free = self.free({one.item_id for one in materials})
        if not all(free.get(one.item_id, D(0)) >= one.open_quantity for one in materials):
            return False
        spare = {one.pk: SPOILT for one in materials if one.item.code == OVERUSED and self.is_second(order)}
        lines = [{"material_id": one.pk, "quantity": one.open_quantity + spare.get(one.pk, D(0))} for one in materials]
        return bool(self.do("zhou", subcontract_orders.send_materials, order_id=order.pk, lines=lines))

    def is_second(self, order: SubcontractOrder) -> bool:
        return SubcontractOrder.objects.filter(pk__lt=order.pk, partner=self.supplier).count() == 1

    def free(self, item_ids: set[int]) -> dict[int, Decimal]:
        rows = lying(item_ids).values_list("item_id")
        return dict(rows.annotate(total=Sum(F("on_hand") - F("reserved"))))

    def take_in(self, order: SubcontractOrder) -> None:
        """Receive what was assembled; of the first order one piece was spoilt and is charged."""
        first = not SubcontractChargeBack.objects.exists()
        used = [
            {"material_id": one.pk, "quantity": one.required_quantity + SPOILT}
            for one in order.materials.filter(item__code=OVERUSED)
            if self.is_second(order)
        ]
        done = self.do(
            "zhou",
            subcontract_orders.receive_subcontract_order,
            order_id=order.pk,
            quantity=order.quantity - 1 if first else order.quantity,
            rejected_quantity=D(1) if first else D(0),
            charge_rejected=first,
            materials=used,
            delivery_note=f"HL{order.pk:05d}",
        )
        if done:
            self.delivered.add(order.pk)
        if done and first:
            self.do(
                "sun", subcontract_orders.close_subcontract_order, order_id=order.pk, reason="一件报废，余量不再交付"
            )

    def leave_open(self) -> None:
        """One charge is set off with the month's statement; two orders are under way."""
        charge = SubcontractChargeBack.objects.filter(settled_by="", is_reversed=False).order_by("pk").first()
        if charge:
            self.do(
                "sun",
                subcontract_orders.settle_charge_back,
                charge_id=charge.pk,
                settled_by=f"{self.end:%Y-%m} 对账单抵扣",
            )
        order = self.give_out(self.end, D(2))
        if order:
            self.send(order)
        self.give_out(self.end, D(6))
