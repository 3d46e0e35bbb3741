"""What is inspected, how, and on how many pieces; and the catalogue of defects."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import PercentField, QuantityField
from core.history import History
from erp.states import (
    INSPECTION_PLAN_TRANSITIONS,
    CharacteristicKind,
    DefectSeverity,
    InspectionKind,
    InspectionLevel,
    InspectionPlanState,
    SamplingMethod,
)
from masterdata.models.base import MasterRecord


class DefectCode(MasterRecord):
    """A kind of defect that inspectors choose from."""

    severity = models.CharField(_("severity"), max_length=8, choices=DefectSeverity, default=DefectSeverity.MAJOR)
    history = History()

    class Meta(MasterRecord.Meta):
        verbose_name = _("defect code")
        verbose_name_plural = _("defect codes")
        constraints = [
            models.CheckConstraint(condition=Q(severity__in=DefectSeverity.values), name="erp_defectcode_severity")
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:defect-code-edit", args=[self.pk])


class InspectionPlan(Document):
    """How goods of an item (or of a category and all below it) are inspected on one occasion; revised, not changed."""

    TRANSITIONS = INSPECTION_PLAN_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 7
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(
        _("state"), max_length=12, choices=InspectionPlanState, default=InspectionPlanState.DRAFT, editable=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=InspectionKind)
    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    category = models.ForeignKey(
        "masterdata.ItemCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("item category"),
    )
    operation_no = models.PositiveSmallIntegerField(
        _("operation"), null=True, blank=True, help_text=_("Of in-process inspection; empty: any.")
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("replaces")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True, help_text=_("This day no longer counts."))
    sampling = models.CharField(_("sampling"), max_length=8, choices=SamplingMethod, default=SamplingMethod.FULL)
    sample_number = models.PositiveIntegerField(_("sample size"), null=True, blank=True)
    sample_percent = PercentField(_("sample in %"), null=True, blank=True)
    aql = models.CharField(_("AQL"), max_length=6, blank=True, help_text=_("Percent nonconforming."))
    level = models.CharField(_("inspection level"), max_length=3, choices=InspectionLevel, default=InspectionLevel.II)
    needs_certificate = models.BooleanField(
        _("certificate required"), default=False, help_text=_("Results are finished when a file is attached.")
    )
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("inspection plan")
        verbose_name_plural = _("inspection plans")
        permissions = [("release_inspectionplan", _("Can release and retire inspection plans"))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InspectionPlanState.values), name="erp_inspectionplan_state"),
            models.CheckConstraint(condition=Q(kind__in=InspectionKind.values), name="erp_inspectionplan_kind"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, category__isnull=True) | Q(item__isnull=True, category__isnull=False),
                name="erp_inspectionplan_subject",
            ),
            models.CheckConstraint(
                condition=Q(sampling="full")
                | Q(sampling="fixed", sample_number__gt=0)
                | Q(sampling="percent", sample_percent__gt=0, sample_percent__lte=100)
                | (Q(sampling="aql") & ~Q(aql="")),
                name="erp_inspectionplan_sampling",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="erp_inspectionplan_dates"
            ),
        ]
        indexes = [models.Index(fields=["item", "kind"], name="erp_inspectionplan_item")]

    def get_absolute_url(self) -> str:
        return reverse("erp:inspection-plan-detail", args=[self.pk])

    @property
    def subject(self) -> str:
        """What is inspected by it: an item or a category."""
        return str(self.item or self.category)


class PlanCharacteristic(DocumentLine):
    """One thing to look at: a value between limits, or an attribute that is right or wrong."""

    plan = models.ForeignKey(InspectionPlan, models.CASCADE, related_name="lines", verbose_name=_("inspection plan"))
    name = models.CharField(_("characteristic"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=CharacteristicKind, default=CharacteristicKind.ATTRIBUTE)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    target = QuantityField(_("target"), null=True, blank=True)
    lower = QuantityField(_("lower limit"), null=True, blank=True)
    upper = QuantityField(_("upper limit"), null=True, blank=True)
    sample_number = models.PositiveIntegerField(
        _("pieces"), null=True, blank=True, help_text=_("Only so many of the sample; empty: all.")
    )
    is_critical = models.BooleanField(
        _("critical"), default=False, help_text=_("One failure makes the whole nonconforming.")
    )
    method = models.CharField(_("method"), max_length=120, blank=True)
    instrument = models.CharField(_("instrument"), max_length=80, blank=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("characteristic")
        verbose_name_plural = _("characteristics")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CharacteristicKind.values), name="erp_plancharacteristic_kind"),
            models.CheckConstraint(
                condition=Q(lower__isnull=True) | Q(upper__isnull=True) | Q(lower__lte=F("upper")),
                name="erp_plancharacteristic_limits",
            ),
            models.CheckConstraint(
                condition=Q(kind="attribute") | Q(lower__isnull=False) | Q(upper__isnull=False),
                name="erp_plancharacteristic_measured",
            ),
        ]

    def __str__(self) -> str:
        return self.name
