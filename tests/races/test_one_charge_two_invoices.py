"""Two people clear the same charge at once: accrued freight, and material that a subcontractor answers for."""

from decimal import Decimal

from core.operations import perform
from finance.models import AccruedCharge, Invoice, InvoiceLine
from finance.services import invoices
from masterdata.models import Item
from scm.models import SubcontractChargeBack
from scm.services import landed_costs
from tests.factories import erp, masterdata, scm_subcontract
from tests.factories import scm as make
from tests.factories.finance import free_invoice, open_books
from tests.races.runners import run_together

D = Decimal
CHARGES, PEOPLE = 4, 2


def freight(*, locks_off: bool) -> tuple[list[str], list[Decimal]]:
    """Post two invoices for each accrued freight; return the outcomes and what part of each is invoiced."""
    made = make.buying_company()
    open_books()
    carrier = masterdata.supplier("CARRIER")
    drafts: list[list[int]] = [[] for _ in range(PEOPLE)]
    for _ in range(CHARGES):
        order = make.approved_order(made, make.line(made.bolt, "10", price=D(30)), tax_included=False)
        document = make.draft_landed_cost(made, make.posted_receipt(made, order), partner_id=carrier.pk)
        perform(landed_costs.post_landed_cost, actor=made.buyer, landed_cost_id=document.pk)
        charge = document.lines.get().pk
        for place in range(PEOPLE):
            half = {"landed_charge_id": charge, "quantity": D("0.5"), "price": D(100)}
            reference = f"C-{charge}-{place}"
            values = {"kind": "supplier", "partner_id": carrier.pk, "supplier_reference": reference}
            drafts[place].append(perform(invoices.create_invoice, actor=None, lines=[half], **values).pk)
    # each takes the whole, as of two who drafted at the same moment and did not see the other's draft
    InvoiceLine.objects.filter(landed_charge__isnull=False).update(quantity=1, billed_quantity=1)
    work = [("bill", {"invoice_id": pk}) for pair in zip(*drafts, strict=True) for pk in pair]
    outcomes = run_together(work, PEOPLE, locks_off=locks_off)
    posted = InvoiceLine.objects.filter(landed_charge__isnull=False, invoice__state="posted")
    parts: dict[int, Decimal] = dict.fromkeys(AccruedCharge.objects.values_list("charge_id", flat=True), D(0))
    for line in posted:
        parts[line.landed_charge_id] += line.billed_quantity
    return outcomes, list(parts.values())


def test_an_accrued_charge_is_invoiced_once(committed):
    outcomes, parts = freight(locks_off=False)
    assert sorted(outcomes) == ["charge_not_invoiceable"] * CHARGES + ["done"] * CHARGES
    assert parts == [D(1)] * CHARGES
    assert {row.open_amount for row in AccruedCharge.objects.all()} == {0}


def test_without_locks_a_charge_is_invoiced_twice_or_stopped_by_the_database(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes, parts = freight(locks_off=True)
    assert max(parts) > 1 or any(one.startswith("database") for one in outcomes)


def charge_backs(*, locks_off: bool) -> list[str]:
    """Let two people set off the same charges of a subcontractor; return the outcomes."""
    open_books()
    erp.place()
    free_invoice(masterdata.customer())  # the first number of the year is taken: nobody waits for its sequence
    part: Item = masterdata.item("PART")
    erp.opening(part, "40", "10")
    order = scm_subcontract.released(part)
    material = order.materials.get()
    scm_subcontract.send(order, "13")
    scm_subcontract.received(order, "10", materials=[{"material_id": material.pk, "quantity": D(13)}])
    keys = list(SubcontractChargeBack.objects.values_list("pk", flat=True))
    return run_together([("deduct", {"charge_ids": keys})] * PEOPLE, PEOPLE, locks_off=locks_off)


def test_a_charge_back_is_set_off_once(committed):
    assert sorted(charge_backs(locks_off=False)) == ["charge_is_settled", "done"]
    assert Invoice.objects.filter(source="charge_back").count() == 1


def test_without_locks_a_charge_back_is_set_off_twice_or_stopped_by_the_database(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = charge_backs(locks_off=True)
    assert outcomes == ["done", "done"] or any(one.startswith("database") for one in outcomes)
