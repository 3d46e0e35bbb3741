"""Reviewing vouchers (审核), and giving them back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from core.documents import transition
from core.locks import lock_many
from core.operations import operation
from finance.errors import ReasonMissing
from finance.models import Voucher
from finance.services.vouchers.people import refuse_same_person
from finance.states import VoucherState


@operation(permission="finance.review_voucher", document=(Voucher, "voucher_ids"))
def review_vouchers(*, voucher_ids: Sequence[int], actor: Any, at: dt.datetime, reason: str = "") -> list[int]:
    """Review prepared vouchers; not by who prepared them.

    Raises:
        NotFound: one does not exist.
        SamePerson, ReasonMissing: the actor prepared one (see `refuse_same_person`).
        InvalidTransition: one is reviewed or posted.
    """
    vouchers = lock_many(Voucher, voucher_ids)
    refuse_same_person(vouchers.values(), actor, reason, roles=("prepared_by",))
    for voucher in vouchers.values():
        transition(voucher, VoucherState.REVIEWED, actor=actor, at=at, reason=reason)
    Voucher.objects.filter(pk__in=vouchers).update(reviewed_by=_person(actor), reviewed_at=at)
    return sorted(vouchers)


@operation(permission="finance.review_voucher", document=(Voucher, "voucher_ids"))
def return_vouchers(*, voucher_ids: Sequence[int], actor: Any, at: dt.datetime, reason: str = "") -> list[int]:
    """Give reviewed vouchers back to whoever prepares them, with the reason on record.

    Raises:
        NotFound: one does not exist.
        ReasonMissing: no reason was given.
        InvalidTransition: one is not reviewed, or posted.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    vouchers = lock_many(Voucher, voucher_ids)
    for voucher in vouchers.values():
        transition(voucher, VoucherState.PREPARED, actor=actor, at=at, reason=reason)
    Voucher.objects.filter(pk__in=vouchers).update(reviewed_by=None, reviewed_at=None)
    return sorted(vouchers)


def _person(actor: Any) -> Any:
    return actor if getattr(actor, "pk", None) else None
