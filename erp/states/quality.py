"""States and kinds of inspection, corrective action and the watch over production."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class InspectionKind(models.TextChoices):
    """When goods are inspected."""

    RECEIPT = "receipt", _("Incoming inspection")
    IN_PROCESS = "in_process", _("In-process inspection")
    FINAL = "final", _("Final inspection")
    RETURN = "return", _("Inspection of customer returns")


class InspectionPlanState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("inspection plan", "Released")
    OBSOLETE = "obsolete", _("Obsolete")


INSPECTION_PLAN_TRANSITIONS: Transitions = {
    InspectionPlanState.DRAFT: frozenset({InspectionPlanState.RELEASED, InspectionPlanState.OBSOLETE}),
    InspectionPlanState.RELEASED: frozenset({InspectionPlanState.OBSOLETE}),
}


class CharacteristicKind(models.TextChoices):
    """A measured value against limits, or an attribute that is right or wrong."""

    MEASURED = "measured", _("Measured")
    ATTRIBUTE = "attribute", _("Attribute")


class SamplingMethod(models.TextChoices):
    FULL = "full", _("Every piece")
    FIXED = "fixed", _("Fixed number")
    PERCENT = "percent", _("Percent of the quantity")
    AQL = "aql", _("AQL by ISO 2859-1")


class InspectionLevel(models.TextChoices):
    """General inspection levels of ISO 2859-1: II is the usual one."""

    I = "I", "I"  # noqa: E741 - the standard's own name
    II = "II", "II"
    III = "III", "III"


class InspectionState(models.TextChoices):
    DRAFT = "draft", _("To inspect")
    INSPECTED = "inspected", _("To decide")
    DECIDED = "decided", pgettext_lazy("inspection", "Decided")
    CANCELLED = "cancelled", _("Cancelled")


INSPECTION_TRANSITIONS: Transitions = {
    InspectionState.DRAFT: frozenset({InspectionState.INSPECTED, InspectionState.CANCELLED}),
    InspectionState.INSPECTED: frozenset({InspectionState.DRAFT, InspectionState.DECIDED, InspectionState.CANCELLED}),
}


class Verdict(models.TextChoices):
    """What the sample says of the whole."""

    PASSED = "passed", _("Conforming")
    FAILED = "failed", _("Nonconforming")


class Disposition(models.TextChoices):
    """What becomes of inspected goods."""

    ACCEPT = "accept", pgettext_lazy("inspection", "Accept")
    CONCESSION = "concession", _("Accept with concession")
    SORT = "sort", _("Sort out, every piece")
    REWORK = "rework", _("Rework")
    RETURN = "return", _("Return to supplier")
    SCRAP = "scrap", _("Scrap")


class DefectSeverity(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class CorrectiveActionState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("corrective action", "Reported")
    ANALYSIS = "analysis", _("Cause being found")
    ACTION = "action", _("Action being taken")
    VERIFICATION = "verification", _("To verify")
    CLOSED = "closed", pgettext_lazy("corrective action", "Closed")
    CANCELLED = "cancelled", _("Cancelled")


CORRECTIVE_ACTION_TRANSITIONS: Transitions = {
    CorrectiveActionState.DRAFT: frozenset({CorrectiveActionState.ANALYSIS, CorrectiveActionState.CANCELLED}),
    CorrectiveActionState.ANALYSIS: frozenset({CorrectiveActionState.ACTION, CorrectiveActionState.CANCELLED}),
    CorrectiveActionState.ACTION: frozenset({CorrectiveActionState.VERIFICATION, CorrectiveActionState.CANCELLED}),
    CorrectiveActionState.VERIFICATION: frozenset({CorrectiveActionState.CLOSED, CorrectiveActionState.ANALYSIS}),
}
"""What did not work is analysed again."""


class TrackingKind(models.TextChoices):
    """What the watch over production warns of."""

    LATE_START = "late_start", _("Late start")
    LATE_FINISH = "late_finish", _("Late finish")
    MISSING_MATERIAL = "missing_material", _("Material missing")
    IDLE = "idle", _("Nothing reported")
    YIELD_DROP = "yield_drop", _("Yield too low")
