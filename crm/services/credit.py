"""The credit check: one customer at a time, under his row's lock."""

from typing import Any

from core.approvals.services import require_approval
from core.locks import lock_once
from crm.errors import CreditLimitExceeded
from crm.models import SalesOrder
from crm.selectors.credit import credit_with, is_over_credit_approved
from masterdata.models import Partner
from masterdata.selectors.currencies import base_currency_code


def require_credit(order: SalesOrder, *, actor: Any) -> None:
    """Refuse what would lift the customer above his limit, and whatever else needs an approval not given yet.

    The customer's row stays locked until the end of the operation: of two orders at the same time the second sees
    the first. An approval of the over-credit lifts the limit for this order as it stands.

    Raises:
        ApprovalRequired, ApprovalPending: a policy that the order meets has no approval for its present content.
        CreditLimitExceeded: above the limit, and no policy lets anybody approve that.
    """
    order.partner = lock_customer(order.partner_id)
    require_approval(document=order, actor=actor)
    refuse_over_credit(order)


def require_credit_to_ship(order: SalesOrder) -> None:
    """Refuse to let goods of a binding order leave while the customer is above his limit, under his row's lock.

    Raises:
        CreditLimitExceeded: above the limit, and nobody approved that for this order.
    """
    order.partner = lock_customer(order.partner_id)
    refuse_over_credit(order)


def lock_customer(partner_id: int) -> Partner:
    """Lock a customer, and the one who stands for him where he was merged: his is the credit that is used."""
    partner = lock_once(Partner, partner_id)
    if partner.merged_into_id is not None:
        partner.merged_into = lock_once(Partner, partner.merged_into_id)
    return partner


def refuse_over_credit(order: SalesOrder) -> None:
    """Refuse when the locked customer of ``order`` is above his limit.

    Raises:
        CreditLimitExceeded: above the limit, and nobody approved that for this order as it stands.
    """
    credit = credit_with(order)
    if credit.over > 0 and not is_over_credit_approved(order):
        raise CreditLimitExceeded(
            partner=order.partner,
            exposure=credit.exposure,
            limit=credit.limit,
            over=credit.over,
            currency=base_currency_code(),
        )
