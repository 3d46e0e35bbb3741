"""One process of the race at the receiving door: posts its goods receipts one after the other.

Arguments: JSON of {"locks_off": bool, "receipts": [goods receipt ids]}.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import IntegrityError

    from core.errors import DomainError
    from core.operations import perform
    from scm.services.goods_receipts import post_goods_receipt

    task = json.loads(sys.argv[1])
    settings.LOCKS_OFF = task["locks_off"]
    settings.LOCK_TIMEOUT = "60s"
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    outcomes = []
    for pk in task["receipts"]:
        try:
            perform(post_goods_receipt, actor=None, receipt_id=pk)
        except DomainError as refusal:
            outcomes.append(refusal.code)
        except IntegrityError as error:
            outcomes.append(f"database: {error}"[:80])
        else:
            outcomes.append("done")
    sys.stdout.write(json.dumps(outcomes) + "\n")


if __name__ == "__main__":
    main()
