"""What purchasing asks of the apps below it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.ports import Port


@dataclass(frozen=True)
class BudgetNeed:
    """What one line of a document will cost: net, in base currency, on ``day``.

    ``item_id`` is None for a service or a described thing.
    """

    amount: Decimal
    day: dt.date
    item_id: int | None = None
    department_id: int | None = None
    project_id: int | None = None


budget_check: Port[Any, None] = Port(
    "scm.budget_check",
    """``budget_check(document, needs: Sequence[BudgetNeed], actor)``: asked under the document's lock, before it
    becomes binding or dearer; ``needs`` take the place of what the document is committed for already. Takes the
    locks of the budget lines they fall under. Raises the provider's refusal when one of them would pass its stop
    level and nobody released the document. Provided by finance.""",
)

value_given_back: Port[[Mapping[int, Decimal]], dict[int, Decimal]] = Port(
    "scm.value_given_back",
    """``value_given_back(quantities)``: {receipt line: quantity in stock unit that goes back}, asked under the lock of
    the order; answers what that is worth in base currency: what is accrued of it while the supplier has not invoiced
    it, else what his invoice said. Lines that nothing was accrued for are left out. Provided by finance.""",
)

given_up_by: Port[[Iterable[int]], str] = Port(
    "scm.given_up_by",
    """``given_up_by(receipt_line_ids)``: asked under the lock of the order; answers the number of the write-off that
    gave one of the receipt lines up as never invoiced, or nothing. Provided by finance.""",
)
