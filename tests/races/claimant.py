"""One process of a race: waits for the start, then performs its operations and reports what came of each.

Arguments: JSON of {"locks_off": bool, "work": [[name, arguments], …]}; the names are those of WORK below. The older
form {"post": [stock document ids], "confirm": [sales order ids], "allocate": [[payment, invoice, amount]]} still works.
"""

import json
import sys
from decimal import Decimal
from typing import Any

import django

from tests.races.beginning import begin


def services() -> dict[str, Any]:
    """What a claimant can be told to do, by name."""
    from crm.services.sales_orders import confirm_sales_order
    from erp.services.kits import reserve_kits
    from erp.services.merged_picks import create_merged_pick
    from erp.services.reservations import hold_for_quotation
    from erp.services.stock_documents import post_stock_document
    from erp.services.stocktakes import start_stocktake
    from erp.services.work_orders import issue_materials
    from finance.services.payments import allocate_payment

    return {
        "allocate": allocate_payment,
        "confirm": confirm_sales_order,
        "hold": hold_for_quotation,
        "keep": reserve_kits,
        "post": post_stock_document,
        "issue": issue_materials,
        "merge": create_merged_pick,
        "start": start_stocktake,
    }


def told(task: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The work of one process."""
    work = [(name, arguments) for name, arguments in task.get("work", [])]
    work += [("post", {"document_id": pk}) for pk in task.get("post", [])]
    work += [("confirm", {"order_id": pk}) for pk in task.get("confirm", [])]
    work += [
        ("allocate", {"payment_id": pk, "allocations": [{"invoice_id": invoice, "amount": Decimal(amount)}]})
        for pk, invoice, amount in task.get("allocate", [])
    ]
    for _name, arguments in work:
        for line in arguments.get("lines", []):
            line["quantity"] = Decimal(line["quantity"])
    return work


def main() -> None:
    django.setup()
    from django.db import IntegrityError

    from core.errors import DomainError
    from core.operations import perform

    task = json.loads(sys.argv[1])
    known, work = services(), told(task)
    begin(task)
    outcomes = []
    for name, arguments in work:
        try:
            perform(known[name], actor=None, **arguments)
        except DomainError as refusal:
            outcomes.append(refusal.code)
        except IntegrityError as error:
            outcomes.append(f"database: {error}"[:80])
        else:
            outcomes.append("done")
    sys.stdout.write(json.dumps(outcomes) + "\n")


if __name__ == "__main__":
    main()
