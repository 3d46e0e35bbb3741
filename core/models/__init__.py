"""The kernel's tables."""

from core.models.audit import Attachment, AuditEvent, FollowUp
from core.models.company import Company
from core.models.numbering import CodingRule, LegalSequence
from core.models.operations import IdempotencyRecord, OutboxEvent
from core.models.users import RoleDetail, Team, User

__all__ = [
    "Attachment",
    "AuditEvent",
    "CodingRule",
    "Company",
    "FollowUp",
    "IdempotencyRecord",
    "LegalSequence",
    "OutboxEvent",
    "RoleDetail",
    "Team",
    "User",
]
