"""What purchasing asks of the apps below it."""

import datetime as dt
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
