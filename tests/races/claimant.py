"""What a process of a race performs, and what it reports."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.races.runners import Task


def services() -> dict[str, Any]:
    """What a claimant can be told to do, by name."""
    from crm.services.sales_orders import confirm_sales_order
    from erp.services.inspections import decide_inspection
    from erp.services.kits import reserve_kits
    from erp.services.merged_picks import create_merged_pick
    from erp.services.planning import firm_planned_orders
    from erp.services.project_stock import move_project_stock
    from erp.services.reservations import hold_for_quotation
    from erp.services.stock_documents import post_stock_document
    from erp.services.stocktakes import start_stocktake
    from erp.services.work_orders import issue_materials
    from finance.services.invoices import deduct_charges, post_invoice
    from finance.services.payments import allocate_payment
    from masterdata.services.merging import merge_partners
    from scm.services.goods_receipts import post_goods_receipt
    from scm.services.purchase_orders import approve_purchase_order

    return {
        "allocate": allocate_payment,
        "approve": approve_purchase_order,
        "confirm": confirm_sales_order,
        "bill": post_invoice,
        "decide": decide_inspection,
        "deduct": deduct_charges,
        "firm": firm_planned_orders,
        "give": move_project_stock,
        "hold": hold_for_quotation,
        "keep": reserve_kits,
        "post": post_stock_document,
        "receive": post_goods_receipt,
        "issue": issue_materials,
        "join": merge_partners,
        "merge": create_merged_pick,
        "start": start_stocktake,
    }


def claim(task: Task) -> list[str]:
    """Perform the operations of ``task["work"]``, (name, arguments) each, one after the other."""
    known = services()
    return [tried(known[name], **as_decimals(arguments)) for name, arguments in task["work"]]


def as_decimals(arguments: dict[str, Any]) -> dict[str, Any]:
    """The quantities of lines may be given as text."""
    lines: Iterable[dict[str, Any]] = arguments.get("lines", [])
    if not lines:
        return arguments
    return arguments | {"lines": [line | {"quantity": Decimal(line["quantity"])} for line in lines]}


def tried(service: Any, **arguments: Any) -> str:
    """Perform one operation; return "done", the code of the refusal, or what the database objected to."""
    from django.db import IntegrityError

    from core.errors import DomainError
    from core.operations import perform

    try:
        perform(service, actor=None, **arguments)
    except DomainError as refusal:
        return refusal.code
    except IntegrityError as error:
        return f"database: {error}"[:80]
    return "done"
