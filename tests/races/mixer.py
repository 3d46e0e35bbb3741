"""One process that writes and posts random documents of many lines over a few hot items.

A task is {"seed": n, "documents": n or null, "seconds": s or null, "items": [ids], "lines": n,
"warehouse": id, "shelf": id, "customer": id, "circle": event or null, "pause": s}. Receipts, issues, transfers and
sales orders, their lines in any order. With ``circle`` the rows are locked one by one in any order instead, until the
database had to end a circle of waiting: that sets the event, and all stop. It is the control.
"""

import random
import time
from decimal import Decimal
from typing import Any

from tests.races.runners import Task

DEADLOCK = "40P01"


def mix_documents(task: Task) -> list[str]:
    """Write and post until the time is up or the documents are done."""
    from core.errors import DomainError

    dice = random.Random(task["seed"])
    circle = task["circle"]
    if circle is not None:
        lock_in_any_order(dice, task["pause"], circle)
    outcomes: list[str] = []
    until = time.monotonic() + (task["seconds"] or 3600)
    while time.monotonic() < until and len(outcomes) < (task["documents"] or 10**9):
        if circle is not None and circle.is_set():
            break
        try:
            one_document(task, dice)
        except DomainError as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("done")
    return outcomes


def lock_in_any_order(dice: random.Random, pause: float, circle: Any) -> None:
    """Replace the ordered lock of stock rows by one row after the other, as they come, ``pause`` seconds apart."""
    from django.db import OperationalError

    from erp.services.stock import locking

    def shuffled(queryset: Any, *, order_by: Any = ("pk",)) -> list[Any]:
        keys = list(queryset.values_list("pk", flat=True))
        dice.shuffle(keys)
        rows = queryset.model._default_manager.select_for_update(of=("self",), no_key=True)
        return [one_row(rows, key) for key in keys]

    def one_row(rows: Any, key: int) -> Any:
        time.sleep(pause)
        try:
            return rows.get(pk=key)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == DEADLOCK:
                circle.set()
            raise

    locking.lock_rows = shuffled


def one_document(task: dict[str, Any], dice: random.Random) -> None:
    from core.operations import perform
    from crm.services import sales_orders
    from erp.services import stock_documents

    kind = dice.choice(["misc_receipt", "misc_issue", "transfer", "order"])
    lines = [
        {"item_id": item, "quantity": Decimal(dice.randint(1, 9))} for item in dice.sample(task["items"], task["lines"])
    ]
    warehouse = {"warehouse_id": task["warehouse"]}
    if kind == "order":
        lines = [one | {"price": Decimal(10)} for one in lines]
        order = perform(
            sales_orders.create_sales_order, actor=None, partner_id=task["customer"], lines=lines, **warehouse
        )
        perform(sales_orders.confirm_sales_order, actor=None, order_id=order.pk)
        return
    if kind == "transfer":
        lines = [one | {"to_location_id": task["shelf"]} for one in lines]
    reason = {} if kind == "transfer" else {"reason_code": "other"}
    draft = perform(stock_documents.create_stock_document, actor=None, kind=kind, lines=lines, **warehouse | reason)
    perform(stock_documents.post_stock_document, actor=None, document_id=draft.pk)
