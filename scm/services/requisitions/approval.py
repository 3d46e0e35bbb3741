"""Deciding on requisitions and ending those that are not bought in full."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext, gettext_noop

from core.clock import company
from core.documents import lock, transition
from core.errors import InvalidTransition
from core.notifications.services import notify
from core.operations import operation
from scm.errors import OwnRequisition, ReasonMissing
from scm.models import Requisition
from scm.services.budget import require_budget_for_requisition
from scm.services.requisitions.progress import report_requisition_supply
from scm.states import RequisitionState


@operation(permission="scm.approve_requisition", document=(Requisition, "requisition_id"))
def approve_requisition(*, requisition_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Requisition:
    """Release a submitted requisition for buying; its items count as expected, not as promised.

    Raises:
        StaleVersion: somebody changed the requisition since the user saw it.
        OwnRequisition: the actor asked for it himself (a company of one may allow it in its settings).
        InvalidTransition: it is not submitted.
        (scm.ports.budget_check): a budget would pass its stop level.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    if requisition.state != RequisitionState.SUBMITTED:
        raise InvalidTransition(
            document=requisition, state=requisition.get_state_display(), to=RequisitionState.APPROVED.label
        )
    own = company()
    by_self = actor is not None and requisition.requester_id == actor.pk
    if by_self and not (own and own.allow_self_approval):
        raise OwnRequisition(document=requisition)
    require_budget_for_requisition(requisition, actor=actor)
    why = gettext("Approved by the requester himself, as the settings of the company allow.") if by_self else ""
    transition(requisition, RequisitionState.APPROVED, actor=actor, at=at, reason=why)
    report_requisition_supply(requisition, actor=actor, at=at)
    _tell_requester(requisition, gettext_noop("%(who)s approved %(document)s."), actor=actor, at=at)
    return requisition


@operation(permission="scm.approve_requisition", document=(Requisition, "requisition_id"))
def reject_requisition(
    *, requisition_id: int, reason: str, version: int | None = None, actor: Any, at: dt.datetime
) -> Requisition:
    """Send a submitted requisition back with the reason.

    Raises:
        StaleVersion: somebody changed the requisition since the user saw it.
        ReasonMissing: no reason is given.
        InvalidTransition: it is not submitted.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    if not reason.strip():
        raise ReasonMissing(document=requisition)
    transition(requisition, RequisitionState.REJECTED, actor=actor, at=at, reason=reason)
    message = gettext_noop("%(who)s rejected %(document)s: %(comment)s")
    _tell_requester(requisition, message, actor=actor, at=at, comment=reason)
    return requisition


@operation(permission="scm.close_requisition", document=(Requisition, "requisition_id"))
def close_requisition(
    *, requisition_id: int, reason: str, version: int | None = None, actor: Any, at: dt.datetime
) -> Requisition:
    """Buy no more of an approved requisition; what is on order still comes.

    Raises:
        StaleVersion: somebody changed the requisition since the user saw it.
        ReasonMissing: no reason is given.
        InvalidTransition: it is not approved.
    """
    requisition = lock(Requisition, requisition_id, version=version)
    if not reason.strip():
        raise ReasonMissing(document=requisition)
    transition(requisition, RequisitionState.CLOSED, actor=actor, at=at, reason=reason)
    requisition.lines.update(is_closed=True)
    report_requisition_supply(requisition, actor=actor, at=at)
    message = gettext_noop("%(who)s closed %(document)s: %(comment)s")
    _tell_requester(requisition, message, actor=actor, at=at, comment=reason)
    return requisition


def _tell_requester(requisition: Requisition, message: str, *, actor: Any, at: dt.datetime, comment: str = "") -> None:
    requester = requisition.requester
    if requester is None or requester.pk == getattr(actor, "pk", None):
        return
    notify(
        users=[requester],
        message=message,
        params={"who": str(actor), "document": requisition.number, "comment": comment},
        url=requisition.get_absolute_url(),
        at=at,
    )
