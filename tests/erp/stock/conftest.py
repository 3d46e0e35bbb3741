"""A small warehouse to move goods in."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from core.operations import operation, perform

TODAY = dt.date(2026, 3, 10)


@operation(permission=None)
def move(*, moves, kind, source, date=TODAY, reason="", actor, at):
    """Post moves as an operation of the test's own."""
    from erp.services.stock import post_moves

    return post_moves(moves=moves, source=source, kind=kind, date=date, reason=reason, actor=actor, at=at)


@operation(permission=None)
def call(*, function, arguments, actor, at):
    """Run an inner service inside an operation."""
    return function(**arguments, actor=actor, at=at)


@dataclass
class Store:
    """One warehouse with two shelves, the virtual places, a document to post for."""

    warehouse: Any
    shelf: Any
    rack: Any
    supplier: Any
    customer: Any
    production: Any
    count: Any
    source: Any
    uom: Any

    def item(self, code: str = "A", **values: Any) -> Any:
        from masterdata.models import Item

        return Item.objects.create(code=code, name=code, uom=self.uom, **values)

    def move(self, item, quantity, source=None, target=None, *, kind="misc_receipt", date=TODAY, **values):
        from erp.services.stock import MoveInput

        one = MoveInput(
            item_id=item.pk,
            from_location_id=(source or self.count).pk,
            to_location_id=(target or self.shelf).pk,
            quantity=Decimal(quantity),
            **values,
        )
        return perform(move, actor=None, moves=[one], kind=kind, source=self.source, date=date)

    def receive(self, item, quantity, amount=None, target=None, **values):
        amount = None if amount is None else Decimal(amount)
        return self.move(item, quantity, self.supplier, target, kind="receipt", amount=amount, **values)

    def issue(self, item, quantity, source=None, **values):
        return self.move(item, quantity, source or self.shelf, self.count, kind="misc_issue", **values)

    def call(self, function, **arguments):
        return perform(call, actor=None, function=function, arguments=arguments)


def open_store() -> Store:
    """Make the store; usable in rolled-back and committed tests."""
    from core.clock import forget_company
    from core.models import Company
    from erp.models import StockDocument
    from masterdata.models import Location, UnitOfMeasure, Warehouse

    Company.objects.create(name="Test Works", pinned_date=TODAY, reservation_horizon_days=30)
    forget_company()
    uom = UnitOfMeasure.objects.create(code="pcs", name="piece", decimals=0)
    warehouse = Warehouse.objects.create(code="W1", name="Main")
    places = {
        kind: Location.objects.create(code=kind, name=kind, kind=kind)
        for kind in ("supplier", "customer", "production", "count")
    }
    shelf = Location.objects.create(warehouse=warehouse, code="S1", name="Shelf 1", is_default=True)
    rack = Location.objects.create(warehouse=warehouse, code="S2", name="Shelf 2")
    source = StockDocument.objects.create(
        number="ST-1",
        kind="count",
        warehouse=warehouse,
        document_date=TODAY,
        created_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    )
    return Store(
        warehouse,
        shelf,
        rack,
        places["supplier"],
        places["customer"],
        places["production"],
        places["count"],
        source,
        uom,
    )


@pytest.fixture(autouse=True)
def _open_period(monkeypatch):
    """These tests are about stock: every period is open, nobody books."""
    from erp import ports, signals

    for port in (ports.posting_date, ports.adjustment_date):
        monkeypatch.setattr(port, "_provider", lambda module, date: date)
    for signal in (signals.stock_posted, signals.stock_value_adjusted):
        monkeypatch.setattr(signal, "receivers", [])
        signal.sender_receivers_cache.clear()


@pytest.fixture
def store(db) -> Store:
    return open_store()
