"""Material a subcontractor has to answer for lowers what he is owed, stands on his statement and is set off once."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import InvalidInput
from core.operations import perform
from finance.models import AccountMapping, Invoice
from finance.selectors.partner_statements import partner_statement
from finance.services import invoices, payments
from masterdata.models import Item, Partner
from scm.errors import ChargeIsSettled
from scm.models import PurchaseOrder, SubcontractChargeBack
from tests.factories import erp, masterdata
from tests.factories import scm_subcontract as make
from tests.factories.core import superuser
from tests.factories.finance import balances, draft_bill, post

D = Decimal


@pytest.fixture
def charges(books) -> list[SubcontractChargeBack]:
    """10 frames at a fee of 3.00, of 13 parts at 10.00 instead of 10: 3 too many, 30.00."""
    erp.place()
    part: Item = masterdata.item("PART")
    erp.opening(part, "40", "10")
    order = make.released(part)
    material = order.materials.get()
    make.send(order, "13")
    make.received(order, "10", materials=[{"material_id": material.pk, "quantity": D(13)}])
    return list(SubcontractChargeBack.objects.all())


def balance(role: str) -> Decimal:
    codes = set(AccountMapping.objects.filter(role=role).values_list("account__code", flat=True))
    return sum((amount for code, amount in balances().items() if code in codes), D(0))


def deducted(charges, **fields) -> Invoice:
    return perform(invoices.deduct_charges, actor=None, charge_ids=[one.pk for one in charges], **fields)


def test_a_charge_is_a_debit_note_in_payables(charges):
    """His invoice is 30.00 and tax; 30.00 less is owed, and the loss of 30.00 is his."""
    [charge] = charges
    assert (charge.amount, balance("scrap_loss"), balance("payable")) == (D(30), D(30), 0)
    bill = post(draft_bill(PurchaseOrder.objects.get()))
    owed = -bill.gross_amount
    assert balance("payable") == owed
    note = deducted(charges)
    assert (note.is_credit, note.gross_amount, note.open_amount) == (True, D(-30), D(-30))
    assert (balance("scrap_loss"), balance("payable")) == (0, owed + D(30))
    charge.refresh_from_db()
    assert charge.settled_by == note.number
    [statement] = partner_statement(note.partner, "supplier", note.document_date, note.document_date)
    assert [line.document for line in statement.lines if line.debit == D(30)] == [note.number]
    assert statement.closing == owed + D(30)
    perform(
        payments.allocate_credit_note,
        actor=None,
        invoice_id=note.pk,
        allocations=[{"invoice_id": bill.pk, "amount": D(30)}],
    )
    bill.refresh_from_db()
    assert (bill.open_amount, Invoice.objects.get(pk=note.pk).open_amount) == (bill.gross_amount - 30, 0)
    with pytest.raises(ChargeIsSettled):
        deducted(charges)


def test_charges_of_one_supplier_only_and_not_none(charges):
    with pytest.raises(InvalidInput):
        deducted([])
    assert not Invoice.objects.exists()


def test_pages_and_api_deduct(charges, client):
    client.force_login(superuser())
    page = client.get(reverse("finance:charge-deductions"))
    assert b"GALVANO" in page.content
    tab = client.get(reverse("finance:to-invoice") + "?kind=supplier").content.decode()
    assert reverse("finance:charge-deductions") in tab
    refused = client.post(reverse("finance:charge-deductions"), {"rows": []})
    assert refused.status_code == 422
    assert client.post(reverse("finance:charge-deductions"), {"rows": [charges[0].pk]}).status_code == 302
    note = Invoice.objects.get()
    assert b"PART" in client.get(note.get_absolute_url()).content
    assert charges[0].order.number in client.get(note.get_absolute_url()).content.decode()
    answer = client.post(
        reverse("api:finance-invoice-deduct-charges"),
        {"charge_ids": [charges[0].pk]},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert answer.status_code == 409, answer.content
    assert Partner.objects.get(code="GALVANO") == note.partner
