"""Refusals of approvals."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ApprovalRequired(DomainError):
    code = "approval_required"
    sentence = _("%(document)s needs approval first (%(policy)s, by %(approver)s). Request it on the document's page.")


class ApprovalPending(DomainError):
    code = "approval_pending"
    sentence = _("%(document)s is waiting for approval (%(policy)s, by %(approver)s).")


class ApprovalNotNeeded(DomainError):
    code = "approval_not_needed"
    sentence = _("No policy asks for an approval of %(document)s as it is now.")


class ApprovalOutdated(DomainError):
    code = "approval_outdated"
    sentence = _("%(document)s was changed after the request. Ask for a new approval.")


class NotAnApprover(DomainError):
    code = "not_an_approver"
    sentence = _("This request is decided by %(approver)s, not by you.")
    status = 403


class SelfApproval(DomainError):
    code = "self_approval"
    sentence = _("You cannot approve what you asked for or made yourself.")
    status = 403
