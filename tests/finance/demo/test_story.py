"""The demo company: books without a fault, and something to see and to do on every desk."""

import pytest

from core.clock import today
from erp import models as erp
from erp.selectors.backflushing import open_shortages
from erp.selectors.genealogy import genealogy
from erp.selectors.inspections import to_inspect
from erp.states.making import WorkOrderKind
from finance import models as finance
from finance.models import BankMovement
from finance.selectors.bank import proposals
from finance.selectors.cash_plan.plan import open_shortfalls
from finance.selectors.figures import overdue_invoices
from finance.selectors.invariants import INVARIANTS, violations
from finance.selectors.invoiceable import charges_to_invoice
from finance.selectors.vouchers import broken_seals
from scm import models as scm

pytestmark = pytest.mark.template("demo")


def test_the_books_of_the_demo_company_have_no_fault(committed):
    assert not violations(INVARIANTS, limit=5)


def test_every_desk_has_something_to_see(committed):
    kinds = {
        "inspection plans": erp.InspectionPlan.objects.filter(state="released"),
        "decided inspections": erp.Inspection.objects.filter(state="decided"),
        "failed inspections": erp.Inspection.objects.filter(verdict="failed"),
        "waiting inspections": to_inspect(),
        "corrective actions under way": erp.CorrectiveAction.objects.exclude(state__in=["closed", "cancelled"]),
        "closed corrective actions": erp.CorrectiveAction.objects.filter(state="closed"),
        "editions of the forecast": erp.ForecastEdition.objects.filter(number=2),
        "orders firmed by week": erp.WorkOrder.objects.filter(item__code__in=["DP-16", "ML-7"], state="draft"),
        "subcontract orders under way": scm.SubcontractOrder.objects.filter(state="released"),
        "material at the supplier": erp.StockBalance.objects.filter(location__kind="at_supplier", on_hand__gt=0),
        "charges set off": scm.SubcontractChargeBack.objects.exclude(settled_by=""),
        "released changes": erp.EngineeringChange.objects.filter(state="released"),
        "changes under way": erp.EngineeringChange.objects.filter(state="draft"),
        "merged picks": erp.MergedPick.objects.filter(state="open"),
        "backflush errors": open_shortages(),
        "rework": erp.WorkOrder.objects.filter(kind=WorkOrderKind.REWORK),
        "what-if plans": erp.SchedulePlan.objects.all(),
        "stocking advice": erp.StockingAdvice.objects.filter(differs=True),
        "shipments to pick": erp.Shipment.objects.filter(state="draft"),
        "overdue invoices": overdue_invoices("customer", today()),
        "sent letters": finance.DunningLetter.objects.filter(state="sent"),
        "letters to send": finance.DunningLetter.objects.filter(state="draft"),
        "matched movements": BankMovement.objects.filter(state="matched"),
        "budget in force": finance.Budget.objects.filter(state="active"),
        "commitments": finance.Commitment.objects.all(),
        "cash shortfalls": open_shortfalls(),
        "vouchers to review": finance.Voucher.objects.filter(state="prepared"),
        "vouchers to post": finance.Voucher.objects.filter(state="reviewed"),
        "typed entries": finance.ManualEntry.objects.filter(state="posted", ledger_journal__is_standard=False),
        "typed entries to post": finance.ManualEntry.objects.filter(state="draft"),
        "opening items": finance.Invoice.objects.filter(is_opening=True),
        "bills to register": finance.Bill.objects.filter(state="draft"),
        "bills in hand": finance.Bill.objects.filter(state="held", side="received"),
        "bills we owe": finance.Bill.objects.filter(state="held", side="issued"),
        "discounted bills": finance.Bill.objects.filter(state="discounted", interest__gt=0),
        "endorsed bills": finance.Bill.objects.filter(state="endorsed"),
        "lots received": erp.Lot.objects.filter(item__code="SPM-15"),
        "machines with a serial number": erp.Lot.objects.filter(item__code="CM-3"),
        "what is built in": erp.BuiltIn.objects.filter(removed_at__isnull=True),
        "by-products received": erp.ProductionReceipt.objects.filter(output__isnull=False),
        "packed goods": erp.HandlingUnit.objects.filter(contents__isnull=False, parent__isnull=False),
        "shipments that wait for the truck": erp.Shipment.objects.filter(state="picked", units__isnull=False),
        "landed costs": scm.LandedCost.objects.filter(state="posted"),
        "landed costs to post": scm.LandedCost.objects.filter(state="draft"),
        "charges to be invoiced": charges_to_invoice(),
        "invoiced charges": finance.InvoiceLine.objects.filter(landed_charge__isnull=False),
        "posted stocktakes": erp.Stocktake.objects.filter(state="posted", lines__amount__isnull=False),
        "stocktakes under way": erp.Stocktake.objects.filter(state="counting", lines__counted_quantity__isnull=False),
    }
    assert not [name for name, rows in kinds.items() if not rows.exists()]
    waiting = list(BankMovement.objects.filter(state="open"))
    assert proposals(waiting, waiting[0].bank_account)


def test_three_people_stand_behind_every_sealed_voucher(committed):
    posted = finance.Voucher.objects.filter(state="posted")
    people = set(posted.values_list("prepared_by__username", "reviewed_by__username", "posted_by__username"))
    assert people == {("zheng", "feng", "tang")}
    assert finance.VoucherSeal.objects.count() == posted.count() > 0
    assert not broken_seals()


def test_a_sold_machine_is_traced_to_the_delivery_its_spindle_came_with(committed):
    built = erp.BuiltIn.objects.filter(product__item__code="CM-3", component__item__code="SPM-15").order_by("pk").last()
    assert built.component in [node.lot for node in genealogy(built.product).components]
    assert erp.StockMove.objects.filter(lot=built.component, kind__in=["receipt", "opening"]).exists()
