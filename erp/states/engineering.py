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
    """How material reaches a work order: fetched from stock, or posted by itself from what is reported.

    transfer  by itself too, but of what was moved to the line for the order: its share of what is reported, no more.
    """

    PICK = "pick", pgettext_lazy("issue of material", "Picked")
    BACKFLUSH = "backflush", _("Backflushed")
    TRANSFER = "transfer", _("Backflushed by transfer")


BY_ITSELF = (IssueMethod.BACKFLUSH, IssueMethod.TRANSFER)
"""Posted by what is reported, not by hand."""


class OutputCost(models.TextChoices):
    """How much of the joint cost an output takes; the main product takes what is left."""

    WEIGHT = "weight", _("By weight")
    PERCENT = "percent", _("Fixed percentage")
    FIXED_AMOUNT = "fixed_amount", _("Fixed amount per unit")


class StartsOrder(models.TextChoices):
    """Whether a co-product that is short starts an order of its main product; empty: as the planning settings say."""

    ALWAYS = "always", pgettext_lazy("starts an order", "Always")
    NEVER = "never", pgettext_lazy("starts an order", "Never")


AS_SET = "as_set"
"""In a change of a line: whether it starts an order is left to the planning settings from now on."""


class RoutingState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("routing", "Released")
    OBSOLETE = "obsolete", _("Obsolete")


ROUTING_TRANSITIONS: Transitions = {
    RoutingState.DRAFT: frozenset({RoutingState.RELEASED}),
    RoutingState.RELEASED: frozenset({RoutingState.OBSOLETE}),
}


class EngineeringChangeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("engineering change", "Released")
    CANCELLED = "cancelled", _("Cancelled")


ENGINEERING_CHANGE_TRANSITIONS: Transitions = {
    EngineeringChangeState.DRAFT: frozenset({EngineeringChangeState.RELEASED, EngineeringChangeState.CANCELLED}),
}
"""What is released is changed by the next engineering change."""


class ChangeReason(models.TextChoices):
    """Why an item is made otherwise."""

    CUSTOMER = "customer", _("Wish of the customer")
    QUALITY = "quality", _("Quality problem")
    COST = "cost", _("Lower cost")
    SUPPLY = "supply", _("Component not to be had")
    ERROR = "error", _("Error in the drawing or bill")
    IMPROVEMENT = "improvement", _("Improvement")
    REGULATION = "regulation", _("Law or standard")


class ChangeAction(models.TextChoices):
    """What one line of an engineering change does."""

    ADD_COMPONENT = "add_component", _("Add component")
    DROP_COMPONENT = "drop_component", _("Drop component")
    CHANGE_COMPONENT = "change_component", _("Change or replace component")
    ADD_SUBSTITUTE = "add_substitute", _("Add substitute")
    CHANGE_SUBSTITUTE = "change_substitute", _("Change rank or ratio of a substitute")
    DROP_SUBSTITUTE = "drop_substitute", _("Drop substitute")
    ADD_OUTPUT = "add_output", _("Add co- or by-product")
    DROP_OUTPUT = "drop_output", _("Drop co- or by-product")
    CHANGE_OUTPUT = "change_output", _("Change co- or by-product")
    CHANGE_WEIGHTS = "change_weights", _("Change cost weights of the main product")
    ADD_OPERATION = "add_operation", _("Add operation")
    DROP_OPERATION = "drop_operation", _("Drop operation")
    CHANGE_OPERATION = "change_operation", _("Change operation")


OPERATION_ACTIONS = (ChangeAction.ADD_OPERATION, ChangeAction.DROP_OPERATION, ChangeAction.CHANGE_OPERATION)


class Disposition(models.TextChoices):
    """What becomes of the stock of a component that goes."""

    USE_UP = "use_up", _("Use up")
    REWORK = "rework", _("Rework")
    SCRAP = "scrap", _("Scrap")
    RETURN = "return", _("Return to the supplier")
    KEEP = "keep", _("Keep for service")


class OrderOutcome(models.TextChoices):
    """What a released engineering change did to an open work order."""

    RE_EXPLODED = "re_exploded", _("Material list made anew")
    ISSUED = "issued", _("Issued already, only listed")
    EARLIER = "earlier", _("Starts before the change, stays")
