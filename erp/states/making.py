"""States and kinds of what happens on the shop floor: picking, backflushing, operations, kinds of orders."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class MergedPickState(models.TextChoices):
    OPEN = "open", _("To fetch")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


MERGED_PICK_TRANSITIONS: Transitions = {
    MergedPickState.OPEN: frozenset({MergedPickState.POSTED, MergedPickState.CANCELLED}),
}


class SplitRule(models.TextChoices):
    """Who gets how much of an item of which too little was found."""

    PRIORITY = "priority", _("By priority, one order after the other")
    PRO_RATA = "pro_rata", _("In proportion to what each needs")


class WorkOrderKind(models.TextChoices):
    """What an order does with goods: makes them, repairs them, or takes them apart."""

    STANDARD = "standard", pgettext_lazy("work order", "Standard")
    REWORK = "rework", _("Rework")
    DISASSEMBLY = "disassembly", _("Disassembly")


class ShortageReason(models.TextChoices):
    """Why material could not be posted by itself."""

    SHORT = "short", _("Too little at the line")
    SERIAL = "serial", _("Serial numbers must be scanned")
    LATER = "later", _("Came after the day of the report")


class OperationState(models.TextChoices):
    """How far an operation of a work order is."""

    WAITING = "waiting", pgettext_lazy("operation", "Waiting")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")


OPERATION_TRANSITIONS: Transitions = {
    OperationState.WAITING: frozenset({OperationState.RUNNING, OperationState.PAUSED, OperationState.DONE}),
    OperationState.RUNNING: frozenset({OperationState.PAUSED, OperationState.DONE}),
    OperationState.PAUSED: frozenset({OperationState.RUNNING, OperationState.DONE}),
    OperationState.DONE: frozenset({OperationState.RUNNING, OperationState.PAUSED}),  # a report was taken back
}
