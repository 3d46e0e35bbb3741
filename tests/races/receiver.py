"""One process of a race of purchasing: posts its goods receipts and approves its orders one after the other.

Arguments: JSON of {"locks_off": bool, "receipts": [goods receipt ids], "approve": [purchase order ids]}.
"""

import json
import sys

import django

from tests.races.beginning import begin


def main() -> None:
    django.setup()
    from django.db import IntegrityError

    from core.errors import DomainError
    from core.operations import perform
    from scm.services.goods_receipts import post_goods_receipt
    from scm.services.purchase_orders import approve_purchase_order

    task = json.loads(sys.argv[1])
    begin(task)
    outcomes = []
    work = [(post_goods_receipt, {"receipt_id": pk}) for pk in task.get("receipts", ())]
    work += [(approve_purchase_order, {"order_id": pk}) for pk in task.get("approve", ())]
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
