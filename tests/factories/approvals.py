"""Approval policies of the tests."""

from decimal import Decimal

from django.contrib.auth.models import Group

from core.approvals.models import ApprovalPolicy


def policy(label: str, fact: str, operator: str, threshold: str, role: str = "approvers") -> ApprovalPolicy:
    """An active policy: documents of ``label`` whose ``fact`` is above (gt) or below (lt) ``threshold``."""
    group, _made = Group.objects.get_or_create(name=role)
    return ApprovalPolicy.objects.create(
        document_label=label,
        name=f"{fact} {operator} {threshold}",
        fact=fact,
        operator=operator,
        threshold=Decimal(threshold),
        approver_role=group,
    )
