"""How much credit a customer would use."""

from dataclasses import dataclass
from decimal import Decimal

from core.approvals.selectors import needs
from core.fields import ZERO
from crm import ports
from crm.models import SalesOrder
from crm.selectors.amounts import in_base
from crm.states import SalesOrderState

OVER_CREDIT = "over_credit"


@dataclass(frozen=True)
class Credit:
    """Gross, in base currency; ``limit`` None means that the customer's credit is not checked."""

    limit: Decimal | None
    exposure: Decimal

    @property
    def over(self) -> Decimal:
        """What the exposure is above the limit; never negative."""
        return ZERO if self.limit is None else max(ZERO, self.exposure - self.limit)

    @property
    def free(self) -> Decimal | None:
        """What is left of the limit; None without a limit."""
        return None if self.limit is None else max(ZERO, self.limit - self.exposure)


def credit_with(order: SalesOrder) -> Credit:
    """Return the credit of the customer as it stands with ``order``: a draft as if confirmed, a confirmed order with
    the change that is proposed for it. Of a customer who was merged the one kept answers."""
    partner = order.partner.merged_into or order.partner
    if partner.credit_limit is None:
        return Credit(None, ZERO)
    if order.state == SalesOrderState.CONFIRMED:
        exposure = ports.credit_exposure(partner_id=partner.pk)
        if order.pending_change:
            exposure += in_base(order, Decimal(order.pending_change["gross_amount"]) - order.gross_amount)
        return Credit(partner.credit_limit, exposure)
    others = ports.credit_exposure(partner_id=partner.pk, exclude_order_id=order.pk)
    return Credit(partner.credit_limit, others + in_base(order, order.gross_amount))


def is_over_credit_approved(order: SalesOrder) -> bool:
    """Return whether somebody approved that ``order``, as it stands, goes above the customer's limit."""
    return any(need.policy.fact == OVER_CREDIT and need.is_met for need in needs(order))
