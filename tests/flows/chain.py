"""One order from quotation to cash, each step by the service a person would call, with what it asks of the database."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.operations import perform
from crm.services import deliveries, quotations, sales_orders
from erp.models import Shipment
from erp.services import shipments
from erp.services.stock_documents import record_opening_stock
from finance.services import invoices, payments
from tests.factories import finance, masterdata
from tests.factories.core import user_in_role

NOT_COUNTED = re.compile(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE)\b")


@dataclass
class Step:
    """What one step took: SQL statements (transaction control left out) and seconds."""

    statements: list[str]
    seconds: float


@dataclass
class Chain:
    """A company with as many items as the order has lines, and the steps done so far."""

    lines: int
    steps: dict[str, Step] = field(default_factory=dict)

    def __post_init__(self) -> None:
        finance.open_books()
        self.place = masterdata.warehouse(f"CHAIN{self.lines}")
        self.shelf = masterdata.location_of(self.place)
        tax = masterdata.tax("VAT13")
        self.items = [
            masterdata.item(f"CHAIN{self.lines}-{n:04}", list_price=Decimal(100), tax=tax) for n in range(self.lines)
        ]
        stock = [{"item_id": item.pk, "quantity": Decimal(100), "unit_cost": Decimal(60)} for item in self.items]
        perform(record_opening_stock, actor=None, warehouse_id=self.place.pk, lines=stock)
        self.customer = masterdata.customer(f"CHAIN{self.lines}", credit_limit=None)
        self.sales, self.warehouse = user_in_role("sales", "manager"), user_in_role("warehouse")
        self.finance = user_in_role("finance")
        self.bank = finance.bank()
        for person in (self.sales, self.warehouse, self.finance):
            person.get_all_permissions()  # a request has asked for them before it comes to the operation

    def step(self, name: str, service: Callable[..., Any], actor: Any, **arguments: Any) -> Any:
        cache.clear()  # what is remembered for seconds is asked again in every step, not in whichever comes late
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            result = perform(service, actor=actor, key=f"{name}-{self.lines}", **arguments)
        seconds = time.perf_counter() - began
        asked = [one["sql"] for one in captured.captured_queries if not NOT_COUNTED.match(one["sql"])]
        self.steps[name] = Step(asked, seconds)
        return result

    def run(self) -> "Chain":
        """Quote, accept, confirm, request and release the delivery, pick, ship, sign off, invoice, post, pay."""
        typed = [{"item_id": item.pk, "quantity": Decimal(2)} for item in self.items]
        quotation = self.step(
            "quote",
            quotations.create_quotation,
            self.sales,
            partner_id=self.customer.pk,
            warehouse_id=self.place.pk,
            lines=typed,
        )
        self.step("send", quotations.send_quotation, self.sales, quotation_id=quotation.pk)
        order = self.step("accept", quotations.accept_quotation, self.sales, quotation_id=quotation.pk)
        self.step("confirm", sales_orders.confirm_sales_order, self.sales, order_id=order.pk)
        request = self.step("request", deliveries.create_delivery_request, self.sales, order_id=order.pk)
        self.step("release", deliveries.release_delivery_request, self.sales, request_id=request.pk)
        shipment = Shipment.objects.get(delivery_request=request)
        picks = [
            {"line_id": line.pk, "location_id": self.shelf.pk, "lot_id": None, "quantity": line.quantity}
            for line in shipment.lines.all()
        ]
        self.step("pick", shipments.pick_shipment, self.warehouse, shipment_id=shipment.pk, picks=picks)
        self.step("ship", shipments.ship_shipment, self.warehouse, shipment_id=shipment.pk, carrier="SF")
        self.step("sign", shipments.sign_off_shipment, self.warehouse, shipment_id=shipment.pk, signed_by="Li Lei")
        [key] = self.step("invoice", invoices.invoice_deliveries, self.finance, deliveries=finance.everything_of(order))
        invoice = self.step("post", invoices.post_invoice, self.finance, invoice_id=key)
        self.step(
            "pay",
            payments.record_payment,
            self.finance,
            partner_id=self.customer.pk,
            kind="customer",
            bank_account_id=self.bank.pk,
            amount=invoice.gross_amount,
            lines=[{"invoice_id": invoice.pk, "amount": invoice.gross_amount}],
        )
        return self

    def counts(self) -> dict[str, int]:
        return {name: len(step.statements) for name, step in self.steps.items()}
