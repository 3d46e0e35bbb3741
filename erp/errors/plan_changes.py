"""Refusals when somebody decides on changes of the plan."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ChangeIsDecided(DomainError):
    code = "change_is_decided"
    sentence = _("%(change)s is decided already: %(outcome)s.")


class ChangeHasNoStock(DomainError):
    """Only supply that is not needed can come to free stock."""

    code = "change_has_no_stock"
    sentence = _("%(change)s leaves nothing over that could come to free stock.")


class NoReasonGiven(DomainError):
    code = "no_reason_given"
    sentence = _("Say why the change is dismissed.")
    status = 422
