"""States and kinds of engineering: lines and outputs of bills of material, routings, engineering changes."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class BomLineKind(models.TextChoices):
    """Whether a line goes into the product or comes out beside it."""

    COMPONENT = "component", _("Component")
    CO_PRODUCT = "co_product", _("Co-product")
    BY_PRODUCT = "by_product", _("By-product")


OUTPUT_KINDS = (BomLineKind.CO_PRODUCT, BomLineKind.BY_PRODUCT)


class IssueMethod(models.TextChoices):
    """How material reaches a work order: fetched from stock, or posted by itself from what is reported."""

    PICK = "pick", _("Picked")
    BACKFLUSH = "backflush", _("Backflushed")


class OutputCost(models.TextChoices):
    """How much of the joint cost an output takes; the main product takes what is left."""

    WEIGHT = "weight", _("By weight")
    PERCENT = "percent", _("Fixed percentage")
    FIXED_AMOUNT = "fixed_amount", _("Fixed amount per unit")


class RoutingState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("routing", "Released")
    OBSOLETE = "obsolete", _("Obsolete")


ROUTING_TRANSITIONS: Transitions = {
    RoutingState.DRAFT: frozenset({RoutingState.RELEASED}),
    RoutingState.RELEASED: frozenset({RoutingState.OBSOLETE}),
}
