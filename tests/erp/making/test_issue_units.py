"""Material of a work order issued in another unit than the stock unit."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from erp.models import StockMove
from erp.services import work_orders
from masterdata.errors import UnitNotConvertible
from masterdata.models import ItemUnit
from tests.erp.services.conftest import bench, factory
from tests.factories import erp_make, masterdata
from tests.factories.core import make_user

D = Decimal
__all__ = ["bench", "factory"]


def test_boxes_are_issued_and_brought_back_as_pieces(client, bench):
    box = masterdata.uom("BOX")
    order = erp_make.released_work_order(bench, "10")
    leg = order.materials.get(item__code="LEG")
    ItemUnit.objects.create(item=leg.item, uom=box, factor=D(4))
    row = {"material_id": leg.pk, "quantity": D(3), "uom_id": box.pk}
    perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=[row])
    assert StockMove.objects.get(kind="issue").quantity == 12
    perform(work_orders.return_materials, actor=None, work_order_id=order.pk, lines=[row | {"quantity": D(1)}])
    leg.refresh_from_db()
    assert leg.issued_quantity == 8
    wrong = row | {"uom_id": masterdata.uom("KG").pk}
    with pytest.raises(UnitNotConvertible):
        perform(work_orders.issue_materials, actor=None, work_order_id=order.pk, lines=[wrong])
    client.force_login(make_user("boss", superuser=True))
    url = reverse("erp:work-order-material-quantities", args=[order.pk])
    assert url in client.get(reverse("erp:work-order-issue", args=[order.pk])).content.decode()
    typed = {"lines-0-material": leg.pk, "lines-0-quantity": "2", "lines-0-uom": box.pk}
    answer = client.post(url, typed).content.decode()
    assert ">8" in answer.replace("\n", "")
