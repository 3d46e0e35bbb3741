"""Which policies a document meets, and what was decided about it."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext

from core.approvals.models import ApprovalPolicy, ApprovalRequest
from core.contributions import Approvable, approvable, contributions


@dataclass(frozen=True)
class Need:
    """One policy that a document meets, and the latest request for its present content (None: not asked yet)."""

    policy: ApprovalPolicy
    value: Decimal
    request: ApprovalRequest | None

    @property
    def is_met(self) -> bool:
        """Approved for the present content."""
        return self.request is not None and self.request.state == ApprovalRequest.State.APPROVED

    @property
    def is_pending(self) -> bool:
        """Asked and not answered yet."""
        return self.request is not None and self.request.state == ApprovalRequest.State.PENDING


def is_approvable(label: str) -> bool:
    """Return whether documents of ``label`` can need approval."""
    return any(one.label == label for one in contributions(Approvable))


def content_hash(document: models.Model) -> str:
    """Return the SHA-256 of the canonical content that an approval is bound to."""
    content = approvable(document._meta.label_lower).content(document)
    return hashlib.sha256(json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def needs(document: models.Model) -> list[Need]:
    """Return the active policies that ``document`` meets now, each with the newest request for this content."""
    label = document._meta.label_lower
    policies = list(ApprovalPolicy.objects.filter(document_label=label, is_active=True).select_related("approver_role"))
    if not policies:
        return []
    facts = approvable(label).facts(document)
    matching = [(policy, facts[policy.fact]) for policy in policies if _holds(policy, facts.get(policy.fact))]
    if not matching:
        return []
    requests: dict[int, ApprovalRequest] = {}
    asked = ApprovalRequest.objects.filter(
        document_label=label, document_id=document.pk, content_hash=content_hash(document)
    )
    for request in asked.order_by("id"):
        requests[request.policy_id] = request
    return [Need(policy, Decimal(value), requests.get(policy.pk)) for policy, value in matching]


def _holds(policy: ApprovalPolicy, value: Decimal | None) -> bool:
    if value is None:
        return False
    return value > policy.threshold if policy.operator == ApprovalPolicy.Operator.ABOVE else value < policy.threshold


def approver_name(policy: ApprovalPolicy) -> str:
    """Return who decides, in words."""
    names = []
    if policy.approver_role is not None:
        role = getattr(policy.approver_role, "role", None)
        names.append(str(role) if role else policy.approver_role.name)
    if policy.by_manager:
        names.append(gettext("the requester's manager"))
    return " / ".join(names)


def may_decide(request: ApprovalRequest, user: Any) -> bool:
    """Return whether ``user`` is an approver of this request (the rule against self-approval comes on top)."""
    if request.policy.by_manager and request.requested_by.manager_id == user.pk:
        return True
    return (
        request.policy.approver_role_id is not None and user.groups.filter(pk=request.policy.approver_role_id).exists()
    )


def pending_for(user: Any) -> models.QuerySet[ApprovalRequest]:
    """Return the requests that wait for ``user``, oldest first."""
    deciders = models.Q(policy__approver_role__in=user.groups.all()) | models.Q(
        policy__by_manager=True, requested_by__manager=user
    )
    return (
        ApprovalRequest.objects.filter(deciders, state=ApprovalRequest.State.PENDING)
        .exclude(requested_by=user)
        .select_related("policy", "requested_by")
        .distinct()
        .order_by("id")
    )


def document_of(request: ApprovalRequest) -> models.Model | None:
    """Return the document a request is about."""
    model: type[models.Model] = apps.get_model(request.document_label)
    return model._default_manager.filter(pk=request.document_id).first()
