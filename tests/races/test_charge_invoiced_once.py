"""Several clerks post invoices of the same freight at once: an accrued charge is cleared once."""

from decimal import Decimal

from core.operations import perform
from finance.models import AccruedCharge, Invoice
from finance.selectors.invariants import violations
from finance.services import invoices
from scm.services import landed_costs
from tests.factories import masterdata
from tests.factories import scm as make
from tests.factories.finance import open_books
from tests.races.runners import run_together

CHARGES = 4
CLERKS = 3


def race(*, locks_off: bool) -> list[str]:
    """Each clerk posts his draft of every charge; return every outcome."""
    made = make.buying_company()
    open_books()
    carrier = masterdata.supplier("CARRIER")
    receipt = make.posted_receipt(made, make.approved_order(made))
    drafts: list[list[int]] = []
    for _ in range(CHARGES):
        document = make.draft_landed_cost(made, receipt, partner_id=carrier.pk)
        perform(landed_costs.post_landed_cost, actor=None, landed_cost_id=document.pk)
        drafts.append([drafted(document.lines.get().pk, clerk) for clerk in range(CLERKS)])
    Invoice.objects.update(state="draft")
    work = [("invoice", {"invoice_id": pk}) for shares in drafts for pk in shares]
    return run_together(work, CLERKS, locks_off=locks_off)


def drafted(charge_id: int, clerk: int) -> int:
    """A draft of the charge, set aside so that the next clerk can write his."""
    [pk] = perform(
        invoices.invoice_charges, actor=None, charge_ids=[charge_id], supplier_reference=f"F-{charge_id}-{clerk}"
    )
    Invoice.objects.filter(pk=pk).update(state="cancelled")
    return pk


def test_a_charge_is_cleared_by_one_invoice(committed):
    outcomes = race(locks_off=False)
    assert outcomes.count("done") == CHARGES
    assert set(outcomes) == {"done", "charge_not_invoiceable"}
    assert {(row.invoiced_quantity, row.open_amount) for row in AccruedCharge.objects.all()} == {(Decimal(1), 0)}
    assert violations() == []


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or outcomes.count("done") > CHARGES
