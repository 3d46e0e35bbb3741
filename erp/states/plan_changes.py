"""What a run of the plan finds changed, and what becomes of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanChangeKind(models.TextChoices):
    """What differs from the run before; the first five are advice on existing supply (codes of AdviceKind)."""

    EXPEDITE = "expedite", _("Pull in")
    DEFER = "defer", _("Put off")
    INCREASE = "increase", _("Raise the quantity")
    DECREASE = "decrease", _("Reduce")
    CANCEL = "cancel", _("Cancel")
    SHORTAGE = "shortage", _("New shortage")
    LATER = "later", _("Order line gets later")
    EARLIER = "earlier", _("Order line gets earlier")
    FREED = "freed", _("Goods of an order come free")


ADVICE_KINDS = frozenset(
    {
        PlanChangeKind.EXPEDITE,
        PlanChangeKind.DEFER,
        PlanChangeKind.INCREASE,
        PlanChangeKind.DECREASE,
        PlanChangeKind.CANCEL,
    }
)
MOVED_KINDS = frozenset({PlanChangeKind.LATER, PlanChangeKind.EARLIER})


class PlanChangeOutcome(models.TextChoices):
    """What became of a change: somebody decided, or a later plan no longer has it."""

    OPEN = "open", _("To decide")
    PROPOSED = "proposed", _("Put to purchasing")
    DONE = "done", _("Carried out")
    TO_STOCK = "to_stock", _("Comes to free stock")
    DISMISSED = "dismissed", _("Dismissed")
    SETTLED = "settled", _("Settled by itself")


UNDECIDED = frozenset({PlanChangeOutcome.OPEN, PlanChangeOutcome.PROPOSED})
