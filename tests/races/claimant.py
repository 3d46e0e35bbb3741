"""One process of a race: waits for the start, then performs its operations and reports what came of each.

Arguments: JSON of {"locks_off": bool, "post": [stock document ids], "confirm": [sales order ids],
"allocate": [[payment id, invoice id, amount]]}; a list may be left out.
"""

import json
import sys
from decimal import Decimal

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import IntegrityError

    from core.errors import DomainError
    from core.operations import perform
    from crm.services.sales_orders import confirm_sales_order
    from erp.services.stock_documents import post_stock_document
    from finance.services.payments import allocate_payment

    task = json.loads(sys.argv[1])
    settings.LOCKS_OFF = task["locks_off"]
    settings.LOCK_TIMEOUT = "60s"
    work: list = [(post_stock_document, {"document_id": pk}) for pk in task.get("post", [])]
    work += [(confirm_sales_order, {"order_id": pk}) for pk in task.get("confirm", [])]
    work += [
        (allocate_payment, {"payment_id": pk, "allocations": [{"invoice_id": invoice, "amount": Decimal(amount)}]})
        for pk, invoice, amount in task.get("allocate", [])
    ]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    outcomes = []
    for service, arguments in work:
        try:
            perform(service, actor=None, **arguments)
        except DomainError as refusal:
            outcomes.append(refusal.code)
        except IntegrityError as error:
            outcomes.append(f"database: {error}"[:80])
        else:
            outcomes.append("done")
    sys.stdout.write(json.dumps(outcomes) + "\n")


if __name__ == "__main__":
    main()
