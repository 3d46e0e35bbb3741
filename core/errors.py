"""Refusals: what an operation answers instead of doing something wrong."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.formats import readable


class DomainError(Exception):
    """A refusal that the user can act on; answered as 409 by HTML and API alike.

    A subclass sets ``code`` (part of the API) and ``sentence`` (gettext_lazy, named printf placeholders that are
    filled from the keyword arguments). ``status`` is 409 unless the class says otherwise.
    """

    code = "refused"
    sentence = _("This is not possible.")
    status = 409

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params

    def __str__(self) -> str:
        return str(self.sentence) % {name: readable(value) for name, value in self.params.items()}


class StaleVersion(DomainError):
    code = "stale_version"
    sentence = _("%(document)s was changed by somebody else since you opened it. Reload it and repeat your change.")


class InvalidTransition(DomainError):
    code = "invalid_transition"
    sentence = _("%(document)s is %(state)s and cannot become %(to)s.")


class NotFound(DomainError):
    code = "not_found"
    sentence = _("There is no such document, or you may not see it.")
    status = 404


class MissingRight(DomainError):
    code = "missing_right"
    sentence = _("You do not have the right to do this (%(allows)s). Ask %(granters)s to grant it.")
    status = 403


class ReasonForBackdating(DomainError):
    code = "reason_for_backdating"
    sentence = _("%(date)s is over. Say why this is posted on that day.")
    status = 422


class InvalidInput(DomainError):
    """Readable but wrong input; ``field`` names the culprit where there is one."""

    code = "invalid_input"
    sentence = _("%(message)s")
    status = 422


class OperationInProgress(DomainError):
    code = "in_progress"
    sentence = _("The same request is being carried out right now. Wait a moment and look at the result.")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    sentence = _("This one-time key was already used for another request. Reload the page and try again.")
    status = 422


class Busy(DomainError):
    code = "busy"
    sentence = _("Somebody is working on the same records. Nothing was changed; try again in a moment.")
