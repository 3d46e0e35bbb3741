"""Purchasing by itself: every period is open and nobody books."""

import pytest

from tests.factories import scm

BELOW = ("goods_receipt_posted", "goods_receipt_reversed", "supplier_return_posted", "supplier_return_reversed")


@pytest.fixture(autouse=True)
def _without_finance(monkeypatch):
    import erp.ports
    import erp.signals
    import scm.signals

    monkeypatch.setattr(erp.ports.posting_date, "_provider", lambda module, date: date)
    for signal in [erp.signals.stock_posted, *(getattr(scm.signals, name) for name in BELOW)]:
        monkeypatch.setattr(signal, "receivers", [])
        signal.sender_receivers_cache.clear()


@pytest.fixture
def made(db) -> scm.BuyingCompany:
    return scm.buying_company()
