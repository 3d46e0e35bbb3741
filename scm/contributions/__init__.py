"""What purchasing shows on others' pages: navigation, panels, search, figures, work that waits, who writes what."""

from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, Navigation, Section, contribute
from scm.contributions.approvals import APPROVABLE
from scm.contributions.pages import PANELS, RELATED
from scm.contributions.search import SEARCHES
from scm.contributions.work import KPIS, WORK

NAVIGATION = (
    Section("purchasing", "subcontracting", _("Subcontracting"), 32),
    Navigation("purchasing", _("Requisitions"), "scm:requisition-list", "scm.view_requisition", "clipboard-list", 10),
    Navigation("purchasing", _("Lines to order"), "scm:requisition-to-order", "scm.add_purchaseorder", "checklist", 20),
    Navigation("purchasing", _("Purchase orders"), "scm:purchase-order-list", "scm.view_purchaseorder", "receipt", 30),
    Navigation("warehouse", _("Receive goods"), "scm:receiving", "scm.add_goodsreceipt", "package-import", 10),
    Navigation("purchasing", _("Goods receipts"), "scm:goods-receipt-list", "scm.view_goodsreceipt", "package", 40),
    Navigation(
        "purchasing", _("Supplier returns"), "scm:supplier-return-list", "scm.view_supplierreturn", "package-export", 50
    ),
    Navigation(
        "purchasing",
        _("Subcontract orders"),
        "scm:subcontract-order-list",
        "scm.view_subcontractorder",
        "building-factory",
        32,
        section="subcontracting",
    ),
    Navigation(
        "purchasing",
        _("Material at subcontractors"),
        "scm:supplier-balance",
        "scm.view_subcontractorder",
        "building-warehouse",
        34,
        section="subcontracting",
    ),
    Navigation(
        "purchasing",
        _("Material to send to subcontractors"),
        "scm:material-to-send",
        "scm.view_subcontractorder",
        "truck-delivery",
        33,
        section="subcontracting",
    ),
    Navigation(
        "purchasing",
        _("Charges to subcontractors"),
        "scm:charge-back-list",
        "scm.view_subcontractorder",
        "receipt-refund",
        36,
        section="subcontracting",
    ),
    Navigation("purchasing", _("Landed costs"), "scm:landed-cost-list", "scm.view_landedcost", "truck-loading", 60),
)

FACTS = (
    Fact(_("requisition"), "scm", 4),
    Fact(_("purchase order, its changes, dates the supplier confirmed"), "scm", 4),
    Fact(_("goods receipt (it asks stock to post the goods)"), "scm", 4),
    Fact(_("supplier return"), "scm", 4),
    Fact(_("subcontract order, what its material was used for, charges to the supplier"), "scm", 4),
    Fact(_("landed cost: freight, duty and insurance of received goods"), "scm", 4),
)


def register() -> None:
    """Register everything; called once by the app's wiring."""
    contribute(*NAVIGATION, *FACTS, *WORK, *KPIS, *RELATED, *PANELS, *SEARCHES, APPROVABLE)
