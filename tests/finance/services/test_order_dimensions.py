"""Department and project of an order stand on the entries of what is sold and bought under it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.operations import perform
from finance.models import Invoice, JournalLine
from finance.selectors.invariants import violations
from finance.services import invoices
from masterdata.models import Item, Project
from scm.models import PurchaseOrder
from scm.services import purchase_orders
from tests.factories import crm, erp, masterdata
from tests.factories import scm as make
from tests.factories.core import make_user
from tests.factories.finance import open_books, post, posted_invoice

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    company = make.buying_company()
    open_books()
    return company


@pytest.fixture
def under(made):
    project = Project.objects.create(code="P1", name="Plant")
    return {"department_id": made.department.pk, "project_id": project.pk}


def dimensions(*codes):
    """(department, project) of the lines on accounts that begin so."""
    lines = JournalLine.objects.all()
    found = [line for line in lines.select_related("account") if line.account.code.startswith(codes)]
    assert found
    return {(line.department_id, line.project_id) for line in found}


def test_sales_and_their_cost(made, under):
    erp.opening(made.bolt, "10", "30")
    line = crm.line(made.bolt, "4", "100", ship_date=erp.TODAY)
    order = crm.confirmed_order(
        masterdata.customer(), line, warehouse_id=made.warehouse.pk, tax_included=False, **under
    )
    erp.signed(order)
    posted_invoice(order)
    assert dimensions("5001", "5401") == {tuple(under.values())}
    other = crm.confirmed_order(masterdata.customer(), line, warehouse_id=made.warehouse.pk, tax_included=False)
    erp.signed(other)
    assert dimensions("5001", "5401") == {tuple(under.values()), (None, None)}
    assert violations() == []


def test_goods_and_services_bought(made, under):
    order = make.approved_order(made, make.line(made.bolt, "10", price=D(3)), tax_included=False, **under)
    make.posted_receipt(made, order)
    assert dimensions("1405") == {tuple(under.values())}
    service = {"description": "Repair", "quantity": D(1), "price": D(80)}
    repair = make.approved_order(made, service, tax_included=False, **under)
    make.posted_receipt(made, repair)
    [key] = perform(
        invoices.invoice_receipts,
        actor=None,
        receipts={},
        services={str(repair.lines.get().pk): None},
        supplier_reference="F-3",
    )
    post(Invoice.objects.get(pk=key))
    assert dimensions("5602") == {tuple(under.values())}
    assert violations() == []


def test_orders_written_from_requisitions_take_their_department(made):
    asked = make.approved_requisition(made)
    [key] = perform(
        purchase_orders.create_purchase_orders_from_requisitions,
        actor=made.buyer,
        selections=[{"line_id": asked.lines.get().pk}],
    )
    assert PurchaseOrder.objects.get(pk=key).department == made.department


def test_the_forms_and_pages_show_both(client, made, under):
    client.force_login(make_user("boss", superuser=True))
    for page in (reverse("crm:sales-order-create"), reverse("scm:purchase-order-create")):
        form = client.get(page).context["form"]
        assert {"department", "project"} <= form.fields.keys()
    Item.objects.filter(pk=made.bolt.pk).update(is_sold=True)
    bought = make.approved_order(made, make.line(made.bolt, "1", price=D(3)), **under)
    sold = crm.confirmed_order(masterdata.customer(), crm.line(made.bolt, "1", "9"), **under)
    for document in (bought, sold):
        page = client.get(document.get_absolute_url()).content.decode()
        assert str(made.department) in page
        assert "P1" in page
