"""The kernel's tables."""

from core.models.audit import Attachment, AuditEvent, FollowUp
from core.models.company import Company
from core.models.numbering import CodingRule, LegalSequence
from core.models.operations import IdempotencyRecord, OutboxEvent
from core.models.users import RoleDetail, Team, User
from core.models.views import Procedure, SavedView

__all__ = [
    "Attachment",
    "AuditEvent",
    "CodingRule",
    "Company",
    "FollowUp",
    "IdempotencyRecord",
    "LegalSequence",
    "OutboxEvent",
    "Procedure",
    "RoleDetail",
    "SavedView",
    "Team",
    "User",
]
