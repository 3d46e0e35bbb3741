"""What sales shows on the pages of others."""

from django.utils.translation import gettext_lazy as _

from core.contributions import Approvable, Fact, Navigation, contribute
from crm.contributions import figures, panels, search, work
from crm.selectors import approvals

MENU = (  # url name, label, right, icon
    ("crm:lead-list", _("Leads"), "crm.view_lead", "user-search"),
    ("crm:opportunity-board", _("Opportunities"), "crm.view_opportunity", "layout-kanban"),
    ("crm:quotation-list", _("Quotations"), "crm.view_quotation", "file-text"),
    ("crm:sales-order-list", _("Sales orders"), "crm.view_salesorder", "shopping-cart"),
    ("crm:delivery-request-list", _("Delivery requests"), "crm.view_deliveryrequest", "truck-delivery"),
    ("crm:return-request-list", _("Return requests"), "crm.view_returnrequest", "arrow-back-up"),
    ("crm:campaign-list", _("Campaigns"), "crm.view_campaign", "speakerphone"),
    ("crm:stage-list", _("Sales stages"), "crm.change_opportunitystage", "columns-3"),
)
AMOUNT, MARGIN = _("Net amount in base currency"), _("Margin in %")
BELOW_FLOOR, OVER_CREDIT = _("Lines below the floor price"), _("Amount above the credit limit")


def _url(document) -> str:
    return document.get_absolute_url()


def register() -> None:
    """Register everything; called once when the program starts."""
    for order, (url_name, label, right, icon) in enumerate(MENU, 1):
        contribute(Navigation("sales", label, url_name, right, icon, order * 10))
    contribute(
        Approvable(
            "crm.quotation",
            _("Quotation"),
            "crm.view_quotation",
            approvals.quotation_facts,
            approvals.quotation_content,
            _url,
            {"amount": AMOUNT, "margin": MARGIN, "below_floor": BELOW_FLOOR},
        ),
        Approvable(
            "crm.salesorder",
            _("Sales order"),
            "crm.view_salesorder",
            approvals.order_facts,
            approvals.order_content,
            _url,
            {"amount": AMOUNT, "margin": MARGIN, "below_floor": BELOW_FLOOR, "over_credit": OVER_CREDIT},
        ),
        Fact(_("lead, opportunity, campaign"), "crm", 1),
        Fact(_("quotation and its revisions"), "crm", 1),
        Fact(_("sales order and its changes, payment plan"), "crm", 2),
        Fact(_("delivery request, return request"), "crm", 6),
        *search.SOURCES,
        *figures.KPIS,
        figures.FUNNEL,
        *work.QUEUES,
        *panels.PANELS,
        *panels.BUTTONS,
    )
