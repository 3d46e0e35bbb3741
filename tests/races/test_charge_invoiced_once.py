"""Several clerks post invoices of the same freight at once: an accrued charge is cleared once."""

from decimal import Decimal

from core.operations import perform
from finance.models import AccruedCharge, InvoiceLine
from finance.selectors.invariants import violations
from finance.services import invoices
from masterdata.models import Partner
from scm.models import GoodsReceipt
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
    work = []
    for _ in range(CHARGES):
        charge_ids = [charged(made, receipt, carrier) for _clerk in range(CLERKS)]
        drafts = [drafted(charge_id) for charge_id in charge_ids]
        InvoiceLine.objects.filter(invoice__in=drafts).update(landed_charge=charge_ids[0])
        work += [("invoice", {"invoice_id": pk}) for pk in drafts]
    return run_together(work, CLERKS, locks_off=locks_off)


def charged(made: make.BuyingCompany, receipt: GoodsReceipt, carrier: Partner) -> int:
    """A charge of its own on the receipt, accrued for the carrier."""
    document = make.draft_landed_cost(made, receipt, partner_id=carrier.pk)
    perform(landed_costs.post_landed_cost, actor=None, landed_cost_id=document.pk)
    return document.lines.get().pk


def drafted(charge_id: int) -> int:
    """The draft of an invoice for one charge."""
    [pk] = perform(invoices.invoice_charges, actor=None, charge_ids=[charge_id], supplier_reference=f"F-{charge_id}")
    return pk


def test_a_charge_is_cleared_by_one_invoice(committed):
    outcomes = race(locks_off=False)
    assert outcomes.count("done") == CHARGES
    assert set(outcomes) == {"done", "charge_not_invoiceable"}
    rows = AccruedCharge.objects.filter(invoiced_quantity__gt=0)
    assert [(row.invoiced_quantity, row.open_amount) for row in rows] == [(Decimal(1), 0)] * CHARGES
    assert violations() == []


def test_without_locks_the_same_race_goes_wrong(committed):
    """The control: a test that cannot fail proves nothing."""
    outcomes = race(locks_off=True)
    stopped_by_database = [one for one in outcomes if one.startswith("database")]
    assert stopped_by_database or outcomes.count("done") > CHARGES
