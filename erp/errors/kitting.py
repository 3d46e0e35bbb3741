"""Refusals of the kit check."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToReserve(DomainError):
    code = "nothing_to_reserve"
    sentence = _("The chosen work orders get nothing that could be kept or given back: check their kits again.")
