"""Refusals of picking for production, backflushing, operations, and kinds of work orders."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToPick(DomainError):
    code = "nothing_to_pick"
    sentence = _("Nothing is left to fetch for these orders: all is issued, or on another open merged pick.")


class OrdersDiffer(DomainError):
    code = "orders_differ"
    sentence = _("%(document)s is made in %(warehouse)s: a merged pick fetches from one warehouse only.")
    status = 422


class PickIsClosed(DomainError):
    code = "pick_is_closed"
    sentence = _("%(document)s is %(state)s: nothing can be posted on it.")


class FoundTooMuch(DomainError):
    code = "found_too_much"
    sentence = _("%(item)s: %(found)s is more than the %(needed)s that the orders need.")


class MaterialOnPick(DomainError):
    """Part of what is open was promised to an open merged pick."""

    code = "material_on_pick"
    sentence = _("%(item)s: %(quantity)s of %(document)s is on an open merged pick. Post or cancel that first.")
