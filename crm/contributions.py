"""What sales shows on the pages of others."""

from django.utils.translation import gettext_lazy as _

from core.contributions import Approvable, contribute
from crm.selectors import approvals

AMOUNT, MARGIN = _("Net amount in base currency"), _("Margin in %")
BELOW_FLOOR, OVER_CREDIT = _("Lines below the floor price"), _("Amount above the credit limit")


def _url(document) -> str:
    return document.get_absolute_url()


def register() -> None:
    """Register everything; called once when the program starts."""
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
    )
