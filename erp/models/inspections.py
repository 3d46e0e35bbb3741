"""Inspections: the goods, what was found on the sample, and what becomes of the whole."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import QuantityField
from core.history import History
from erp.models.inspection_plans import DefectCode, InspectionPlan
from erp.models.stock import Lot
from erp.states import INSPECTION_TRANSITIONS, CharacteristicKind, Disposition, InspectionKind, InspectionState, Verdict


class Inspection(Document):
    """The inspection of goods of one item that came together; quantities in the stock unit, the sample in pieces.

    ``source`` is the document the goods came with. ``parent`` is the inspection whose decision (sort out, rework)
    asked for this one.
    """

    TRANSITIONS = INSPECTION_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 32
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(
        _("state"), max_length=12, choices=InspectionState, default=InspectionState.DRAFT, editable=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=InspectionKind)
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    quantity = QuantityField(_("quantity"))
    plan = models.ForeignKey(
        InspectionPlan, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inspection plan")
    )
    source_label = models.CharField(_("source"), max_length=60, blank=True, editable=False)
    source_id = models.BigIntegerField(_("source document"), null=True, editable=False)
    source_number = models.CharField(_("source number"), max_length=40, blank=True, editable=False)
    partner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("supplier or customer"),
    )
    work_order = models.ForeignKey(
        "erp.WorkOrder", models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name=_("work order")
    )
    operation_no = models.PositiveSmallIntegerField(_("operation"), null=True, blank=True)
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("work centre")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="children", verbose_name=_("follows")
    )
    sample_size = models.PositiveIntegerField(_("sample size"))
    accept_number = models.PositiveIntegerField(_("accepted up to"), default=0)
    reject_number = models.PositiveIntegerField(_("rejected from"), default=1)
    defective = models.PositiveIntegerField(_("defective in the sample"), null=True, editable=False)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True, editable=False)
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("inspector"),
    )
    inspected_at = models.DateTimeField(_("inspected at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        permissions = [
            ("inspect_inspection", _("Can enter and finish results of inspections")),
            ("decide_inspection", _("Can decide what becomes of inspected goods")),
            ("concede_inspection", _("Can accept goods with a concession")),
            ("cancel_inspection", _("Can cancel inspections")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InspectionState.values), name="erp_inspection_state"),
            models.CheckConstraint(condition=Q(kind__in=InspectionKind.values), name="erp_inspection_kind"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="erp_inspection_verdict"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, sample_size__gt=0, reject_number__gt=F("accept_number")),
                name="erp_inspection_numbers",
            ),
            models.CheckConstraint(
                condition=Q(defective__isnull=True) | Q(defective__lte=F("sample_size")),
                name="erp_inspection_defective",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_at__isnull=False), name="erp_inspection_decided"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "kind"], name="erp_inspection_open"),
            models.Index(fields=["item", "document_date"], name="erp_inspection_item"),
            models.Index(fields=["source_label", "source_id"], name="erp_inspection_source"),
            models.Index(fields=["inspected_at"], name="erp_inspection_day"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:inspection-detail", args=[self.pk])


class InspectionGoods(models.Model):
    """Goods under inspection: so much of a lot in a place. No place: they are still being made."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="goods", verbose_name=_("inspection"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, related_name="+", verbose_name=_("place")
    )
    quantity = QuantityField(_("quantity"))
    source_line_id = models.BigIntegerField(_("source line"), null=True)

    class Meta:
        verbose_name = _("inspected goods")
        verbose_name_plural = _("inspected goods")
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_inspectiongoods_quantity")]
        indexes = [models.Index(fields=["lot"], name="erp_inspectiongoods_lot", condition=Q(lot__isnull=False))]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.lot or '-'}"


class InspectionLine(DocumentLine):
    """One characteristic as the plan said it when the inspection began; ``failed``: wrong pieces of an attribute."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="lines", verbose_name=_("inspection"))
    name = models.CharField(_("characteristic"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=CharacteristicKind)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    target = QuantityField(_("target"), null=True)
    lower = QuantityField(_("lower limit"), null=True)
    upper = QuantityField(_("upper limit"), null=True)
    sample_size = models.PositiveIntegerField(_("sample size"))
    is_critical = models.BooleanField(_("critical"), default=False)
    method = models.CharField(_("method"), max_length=120, blank=True)
    instrument = models.CharField(_("instrument"), max_length=80, blank=True)
    failed = models.PositiveIntegerField(_("defective"), null=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("inspected characteristic")
        verbose_name_plural = _("inspected characteristics")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(failed__isnull=True) | Q(failed__lte=F("sample_size")), name="erp_inspectionline_failed"
            )
        ]
        indexes = [models.Index(fields=["name"], name="erp_inspectionline_name")]

    def __str__(self) -> str:
        return self.name

    def passes(self, value: Decimal) -> bool:
        """Return whether a measured value keeps the limits; the limits themselves are within."""
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)


class InspectionValue(models.Model):
    """The measured value of one piece of the sample."""

    line = models.ForeignKey(InspectionLine, models.CASCADE, related_name="values", verbose_name=_("characteristic"))
    sample_no = models.PositiveIntegerField(_("piece"))
    value = QuantityField(_("value"))
    passes = models.BooleanField(_("within the limits"))

    class Meta:
        verbose_name = _("measured value")
        verbose_name_plural = _("measured values")
        default_permissions = ()
        ordering = ["sample_no"]
        constraints = [models.UniqueConstraint(fields=["line", "sample_no"], name="erp_inspectionvalue_piece")]

    def __str__(self) -> str:
        return f"{self.line_id}#{self.sample_no}: {self.value}"


class InspectionDefect(models.Model):
    """A kind of defect found, on so many pieces."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="defects", verbose_name=_("inspection"))
    code = models.ForeignKey(DefectCode, models.PROTECT, related_name="+", verbose_name=_("defect"))
    quantity = models.PositiveIntegerField(_("pieces"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("defect found")
        verbose_name_plural = _("defects found")
        default_permissions = ()
        ordering = ["-quantity", "id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_inspectiondefect_quantity")]

    def __str__(self) -> str:
        return f"{self.code_id}: {self.quantity}"


class InspectionDisposition(models.Model):
    """What was decided for a part of the goods, and where it was brought."""

    goods = models.ForeignKey(
        InspectionGoods, models.CASCADE, related_name="dispositions", verbose_name=_("inspected goods")
    )
    disposition = models.CharField(_("disposition"), max_length=12, choices=Disposition)
    quantity = QuantityField(_("quantity"))
    to_location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, related_name="+", verbose_name=_("to place")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(disposition__in=Disposition.values), name="erp_inspectiondisposition_known"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_inspectiondisposition_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.goods_id} {self.disposition} {self.quantity}"
