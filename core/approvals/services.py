"""Asking for, granting and refusing approvals."""

import datetime as dt
from typing import Any

from django.apps import apps
from django.db import models

from core import audit
from core.approvals.errors import (
    ApprovalNotNeeded,
    ApprovalOutdated,
    ApprovalPending,
    ApprovalRequired,
    NotAnApprover,
    SelfApproval,
)
from core.approvals.models import ApprovalPolicy, ApprovalRequest
from core.approvals.selectors import approver_name, content_hash, document_of, may_decide, needs
from core.clock import company
from core.contributions import approvable
from core.documents import lock, transition
from core.errors import NotFound
from core.locks import lock_rows
from core.models.users import User
from core.notifications.services import notify
from core.operations import operation


def require_approval(*, document: models.Model, actor: Any) -> None:
    """Refuse to go on while a policy that ``document`` meets has no approval bound to its present content.

    Called by the service that the approval guards, after the document is locked.

    Raises:
        ApprovalRequired: nobody was asked yet, or the request was rejected.
        ApprovalPending: the question is open.
    """
    for need in needs(document):
        if need.is_met:
            continue
        error = ApprovalPending if need.is_pending else ApprovalRequired
        raise error(document=document, policy=need.policy, approver=approver_name(need.policy))


@operation(permission="approvals.add_approvalrequest")
def request_approval(
    *, document_label: str, document_id: int, explanation: str, actor: Any, at: dt.datetime
) -> models.Model:
    """Ask the approvers of every policy that the document meets and that nobody was asked about yet.

    Raises:
        NotFound: no such document in the actor's scope.
        ApprovalNotNeeded: no policy asks for it.
        ApprovalPending: everything needed is already asked.
    """
    try:
        model = apps.get_model(document_label)
    except (LookupError, ValueError) as error:
        raise NotFound(model=document_label, pk=document_id) from error
    manager = model._default_manager
    rows = manager.visible_to(actor) if actor is not None and hasattr(manager, "visible_to") else manager.all()
    document: models.Model | None = rows.filter(pk=document_id).first()
    if document is None:
        raise NotFound(model=str(model._meta.verbose_name), pk=document_id)
    open_needs = [need for need in needs(document) if not need.is_met]
    if not open_needs:
        raise ApprovalNotNeeded(document=document)
    to_ask = [need for need in open_needs if not need.is_pending]
    if not to_ask:
        need = open_needs[0]
        raise ApprovalPending(document=document, policy=need.policy, approver=approver_name(need.policy))
    digest = content_hash(document)
    for need in to_ask:
        ApprovalRequest.objects.create(
            policy=need.policy,
            document_label=document_label,
            document_id=document.pk,
            document_number=str(document)[:40],
            content_hash=digest,
            fact_value=need.value,
            reason=explanation[:500],
            requested_by=actor,
            requested_at=at,
        )
        notify(
            users=_approvers(need.policy, actor),
            message="%(who)s asks you to approve %(document)s (%(policy)s).",
            params={"who": str(actor), "document": str(document), "policy": str(need.policy)},
            url=approvable(document_label).url(document),
            at=at,
        )
    audit.record(document, "approval.requested", actor=actor, at=at, reason=explanation)
    return document


def _approvers(policy: ApprovalPolicy, requester: Any) -> list[User]:
    users = User.objects.filter(is_active=True, groups=policy.approver_role) if policy.approver_role_id else []
    found = {user.pk: user for user in users}
    if policy.by_manager and requester.manager_id:
        found[requester.manager_id] = requester.manager
    found.pop(requester.pk, None)
    return list(found.values())


@operation(permission="approvals.decide_approvalrequest", document=(ApprovalRequest, "request_id"))
def decide_approval(*, request_id: int, approve: bool, comment: str, actor: Any, at: dt.datetime) -> ApprovalRequest:
    """Grant or refuse one request; it is bound to the content the requester saw.

    Raises:
        NotAnApprover: the policy names somebody else.
        SelfApproval: the actor asked for it or owns the document (a company of one may allow it in its settings).
        ApprovalOutdated: the document has changed since; the request becomes void by asking again.
        What the service refuses that waits for the approval (a proposed change that does not fit any more).
    """
    request = lock(ApprovalRequest, request_id)
    document = document_of(request)
    own = company()
    if not may_decide(request, actor) and not actor.is_superuser:
        raise NotAnApprover(approver=approver_name(request.policy))
    makers = {request.requested_by_id, getattr(document, "owner_id", None)}
    self_approved = actor.pk in makers
    if self_approved and not (own and own.allow_self_approval):
        raise SelfApproval()
    if document is None or content_hash(document) != request.content_hash:
        raise ApprovalOutdated(document=document or request.document_number)
    to = ApprovalRequest.State.APPROVED if approve else ApprovalRequest.State.REJECTED
    _decide(request, to, actor=actor, at=at, comment=comment)
    audit.record(
        document,
        f"approval.{to}",
        actor=actor,
        at=at,
        reason=comment,
        policy=str(request.policy),
        by_self=self_approved,
    )
    notify(
        users=[request.requested_by],
        message="%(who)s approved %(document)s." if approve else "%(who)s rejected %(document)s: %(comment)s",
        params={"who": str(actor), "document": str(document), "comment": comment},
        url=approvable(request.document_label).url(document),
        at=at,
    )
    follow = approvable(request.document_label).when_approved
    if approve and follow is not None and all(need.is_met for need in needs(document)):
        follow(document, actor=actor, at=at)
    return request


def withdraw_requests(*, document_label: str, document_id: int, actor: Any, at: dt.datetime) -> None:
    """Take back the open questions about a document, before the document itself is locked."""
    open_ones = ApprovalRequest.objects.filter(
        document_label=document_label, document_id=document_id, state=ApprovalRequest.State.PENDING
    )
    for request in lock_rows(open_ones):
        transition(request, ApprovalRequest.State.VOID, actor=actor, at=at)


def _decide(request: ApprovalRequest, to: str, *, actor: Any, at: dt.datetime, comment: str) -> None:
    request.decided_by = actor
    request.decided_at = at
    request.comment = comment[:500]
    transition(request, to, actor=actor, at=at, reason=comment, fields=["decided_by", "decided_at", "comment"])


@operation(permission="approvals.change_approvalpolicy")
def save_policy(*, policy_id: int | None, values: dict[str, Any], actor: Any, at: dt.datetime) -> ApprovalPolicy:
    """Create or change a policy; open requests keep the policy they were made under."""
    policy = ApprovalPolicy.objects.select_for_update().get(pk=policy_id) if policy_id else ApprovalPolicy()
    for name, value in values.items():
        setattr(policy, name, value)
    policy.version += 1
    policy.save()
    return policy
