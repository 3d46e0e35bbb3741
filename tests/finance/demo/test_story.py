"""The demo company: books without a fault, and something to see and to do on every desk."""

import datetime as dt

import pytest
from django.urls import reverse

from core.approvals.models import ApprovalRequest
from core.clock import today
from core.contributions import Navigation, registered
from crm import models as crm
from erp import models as erp
from erp.selectors.backflushing import open_shortages
from erp.selectors.genealogy import genealogy
from erp.selectors.inspections import to_inspect
from erp.selectors.project_stock import stock_by_project
from erp.states.making import WorkOrderKind
from finance import models as finance
from finance.models import BankMovement
from finance.selectors.bank import proposals
from finance.selectors.cash_plan.plan import open_shortfalls
from finance.selectors.figures import overdue_invoices
from finance.selectors.invariants import INVARIANTS, violations
from finance.selectors.invoiceable import charges_to_invoice, deliveries_to_invoice
from finance.selectors.vouchers import broken_seals
from scm import models as scm
from tests.factories.core import make_user

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


def test_trade_leaves_something_on_every_desk(committed):
    posted = finance.Invoice.objects.filter(state="posted")
    asked = ApprovalRequest.objects.filter(state="pending")
    soon = today() + dt.timedelta(days=3)
    kinds = {
        "machines that came back": erp.ReturnReceipt.objects.filter(state="received"),
        "machines expected back": erp.ReturnReceipt.objects.filter(state="draft"),
        "returns to decide": crm.ReturnRequest.objects.filter(state="draft"),
        "credit notes": finance.Invoice.objects.filter(
            kind="customer", is_credit=True, state="posted", is_opening=False
        ),
        "goods sent back": scm.SupplierReturn.objects.filter(state="posted", settlement="credit"),
        "changed orders": crm.OrderChange.objects.all(),
        "offers that hold stock": erp.Demand.objects.filter(kind="hold", expires_on__lte=soon),
        "orders abroad": crm.SalesOrder.objects.exclude(currency__code="CNY"),
        "money from abroad": finance.Payment.objects.exclude(currency__code="CNY"),
        "valued rates": finance.Revaluation.objects.filter(state="posted"),
        "projects with purchases": scm.PurchaseOrder.objects.filter(project__isnull=False).exclude(state="draft"),
        "orders of projects": crm.SalesOrder.objects.filter(project__isnull=False),
        "agreed wishes": scm.RequisitionLine.objects.filter(requisition__state="approved", ordered_quantity=0),
        "changed purchases": scm.PurchaseOrderChange.objects.all(),
        "blocked bills": posted.filter(match_state="blocked"),
        "receipts without a bill": finance.GrniLine.objects.filter(open_quantity__gt=0),
        "deliveries to invoice": deliveries_to_invoice(),
        "approvals to give": asked.filter(document_label="erp.engineeringchange"),
        "large purchases to approve": asked.filter(document_label="scm.purchaseorder"),
        "cheap offers to approve": asked.filter(
            document_label="crm.quotation", policy__approver_role__name="sales_manager"
        ),
    }
    assert not [name for name, rows in kinds.items() if not rows.exists()]


def test_a_project_keeps_stock_and_the_planner_gave_another_one_its_share(committed):
    rows = stock_by_project().values_list("demand__project__code", "demand__kind", "demand__item__code", "quantity")
    assert sorted(rows) == [
        ("P26-01", "project", "RT-4", 1),
        ("P26-01", "sales", "RT-4", 2),
        ("P26-02", "project", "RT-4", 1),
    ]


def test_making_and_money_leave_something_on_every_desk(committed):
    kinds = {
        "charges for material spoilt outside": scm.SubcontractChargeBack.objects.filter(item__code="LG-15"),
        "co-products received": erp.ProductionReceipt.objects.filter(output__item__code="CV-16"),
        "piece wages": erp.PieceWage.objects.all(),
        "months valued by their average": erp.AverageRun.objects.all(),
        "new stock values": erp.StockRevaluation.objects.filter(state="posted"),
        "goods on the way": erp.StockDocument.objects.filter(state="in_transit"),
        "goods of customers": erp.StockBalance.objects.filter(owner__isnull=False, on_hand__gt=0),
        "slow stock": erp.StockBalance.objects.filter(location__zone__code="D", on_hand__gt=0),
        "operations on machines": erp.OperationSlot.objects.all(),
        "plans in force": erp.SchedulePlan.objects.filter(state="accepted"),
        "entries of templates": finance.EntryTemplate.objects.filter(schedule="monthly", next_date__gt=today()),
        "provisions": finance.ProvisionRun.objects.filter(state="posted"),
        "bad debts": finance.WriteOff.objects.filter(state="posted", kind="bad_debt"),
        "issued electronic invoices": finance.TaxInvoice.objects.filter(status="issued"),
        "refused electronic invoices": finance.TaxInvoice.objects.filter(status="refused"),
        "expenses of orders": finance.OrderExpense.objects.all(),
        "budget alerts": finance.BudgetAlert.objects.filter(closed_at__isnull=True),
        "closed bank statements": finance.BankStatement.objects.filter(state="closed"),
    }
    assert not [name for name, rows in kinds.items() if not rows.exists()]


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


def test_every_list_of_the_navigation_holds_rows(committed, client):
    client.force_login(make_user("boss", superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    empty = []
    for entry in registered()[Navigation]:
        address = f"{reverse(entry.url_name)}?{entry.query}"
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        rows = getattr((answer.context or {}).get("table"), "paginated_rows", None)
        if rows is not None and not rows:
            empty.append(address)
    assert empty == [f"{reverse('finance:breach-list')}?"], "nothing breaks the books"
