"""Refusals of stock that belongs to projects."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from erp.errors import ShortStock


class OtherProject(DomainError):
    """Goods of a project are wanted for something else."""

    code = "other_project"
    sentence = _("%(item)s is stock of project %(project)s. Move it between projects first.")


class StockOfProject(ShortStock):
    """What is free does not do, and the rest is kept for a project."""

    code = "stock_of_project"
    sentence = _(
        "%(item)s: only %(available)s available in %(location)s, %(wanted)s wanted. %(kept)s there is stock of project "
        "%(project)s: move it between projects first, or take other goods."
    )


class KeptInPlace(ShortStock):
    """Goods that are kept for a project or its orders are to be brought where they could not be used."""

    code = "kept_in_place"
    sentence = _(
        "%(item)s: only %(available)s of %(wanted)s can be moved from %(location)s: %(kept)s there is kept for project "
        "%(project)s and goes along only to usable storage. Choose another place, or first move what the project keeps "
        "to common stock."
    )


class NotOfProject(DomainError):
    """Less is kept by the project (or free for everybody) than is to be moved."""

    code = "not_of_project"
    sentence = _("%(item)s: only %(available)s can be moved from there.")
