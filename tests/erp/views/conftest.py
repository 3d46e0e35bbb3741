"""Readers of the pages, and something made in the factory to look at."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from core.models import User
from masterdata.models import Item
from tests.erp.services.conftest import bench, factory
from tests.factories import core, crm, erp_make, masterdata

__all__ = ["bench", "factory"]


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """A browser of a user who holds these rights."""

    def open_browser(*rights: str, user: User | None = None) -> Client:
        client = Client()
        client.force_login(user or core.user(*rights))
        return client

    return open_browser


@pytest.fixture
def bicycle(factory) -> dict[str, Item]:
    """BIKE = 2 WHEEL + 1 FRAME, WHEEL = 36 SPOKE."""
    bike = erp_make.made("BIKE", lead_time_days=2)
    wheel = erp_make.made("WHEEL", lead_time_days=3)
    frame, spoke = masterdata.item("FRAME", lead_time_days=5), masterdata.item("SPOKE", lead_time_days=10)
    Item.objects.filter(pk=spoke.pk).update(standard_cost=Decimal("0.5"))
    erp_make.bom(bike, (wheel, "2"), (frame, "1"))
    erp_make.bom(wheel, (spoke, "36"))
    return {"bike": bike, "wheel": wheel, "frame": frame, "spoke": spoke}


@pytest.fixture
def late_order(bicycle, factory):
    """An order of ten bicycles in four days, planned: it will be seventeen days late."""
    import datetime as dt

    order = crm.confirmed_order(None, crm.line(bicycle["bike"], "10", ship_date=factory + dt.timedelta(days=4)))
    erp_make.plan()
    return order
