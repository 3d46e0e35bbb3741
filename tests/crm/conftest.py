"""A company on a fixed day, and answers to the questions that sales asks below."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

TODAY = dt.date(2026, 3, 10)


@dataclass
class Answers:
    """What the ports answer in a test; to be changed by it."""

    costs: dict[int, Decimal] = field(default_factory=dict)
    exposure: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    on_hand: Decimal = Decimal(0)
    asked: list[Any] = field(default_factory=list)

    def promise(self, lines, exclude_order_id=None, exclude_quotation_id=None):
        from crm.ports import Promise

        self.asked.append(("promise", exclude_order_id, exclude_quotation_id))
        return [
            Promise(self.on_hand, self.on_hand, one.date, max(Decimal(0), one.quantity - self.on_hand)) for one in lines
        ]

    def unit_costs(self, item_ids):
        return {pk: self.costs[pk] for pk in item_ids if pk in self.costs}

    def credit_exposure(self, partner_id, exclude_order_id=None):
        self.asked.append(("credit", partner_id, exclude_order_id))
        return self.exposure

    def received_for_order(self, order_id):
        return self.received


@pytest.fixture
def answers(monkeypatch) -> Answers:
    """Bind the ports of sales to this test's answers."""
    from crm import ports

    found = Answers()
    for name in ("promise", "unit_costs", "credit_exposure", "received_for_order"):
        monkeypatch.setattr(getattr(ports, name), "_provider", getattr(found, name))
    return found


@pytest.fixture
def day(db, answers) -> dt.date:
    """A Chinese company whose business date is 2026-03-10, with basic master data."""
    from tests.factories import masterdata
    from tests.factories.core import make_company

    make_company(pinned_date=TODAY)
    masterdata.basics()
    return TODAY


@contextmanager
def heard(signal: Any) -> Iterator[list[dict[str, Any]]]:
    """Collect what ``signal`` announces."""
    found: list[dict[str, Any]] = []

    def listen(sender: Any, signal: Any, **payload: Any) -> None:
        found.append(payload)

    signal.connect(listen, weak=False)
    try:
        yield found
    finally:
        signal.disconnect(listen)
