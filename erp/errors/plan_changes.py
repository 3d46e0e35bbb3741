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


class ChangeStands(DomainError):
    """It has done something that is not put back from here."""

    code = "change_stands"
    sentence = _("%(change)s cannot be taken back: %(outcome)s. Change the documents themselves.")


class ChangedSince(DomainError):
    """What the decision changed has been changed again."""

    code = "changed_since"
    sentence = _("%(document)s has been changed since; set its date there.")


class ChangeAskedAnew(DomainError):
    """Only one change of a supply or a line waits for a decision at a time."""

    code = "change_asked_anew"
    sentence = _("%(change)s is asked anew already; decide on the newer one.")


class NoReasonGiven(DomainError):
    code = "no_reason_given"
    sentence = _("Say why the change is dismissed.")
    status = 422
