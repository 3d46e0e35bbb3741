"""Bills of material: what one batch of an item is made of, and from when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import OneKey, PercentField, QuantityField
from core.history import History
from erp.states import BOM_TRANSITIONS, BomState, MaterialKind


class DateRange(models.Func):
    """Two date columns as the range they mean: the first day counts, the last does not."""

    function = "daterange"
    template = "daterange(%(expressions)s, '[)')"
    output_field = DateRangeField()


class Bom(Document):
    """How one item is made: the components of ``quantity`` units of it, in one revision, valid from a day on.

    Of the released ones at most one is valid on any day; a released one is never edited, the next revision follows it.
    """

    TRANSITIONS = BOM_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 28
    SCOPE_OWNER: ClassVar[str | None] = None

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    revision = models.CharField(_("revision"), max_length=20, default="1")
    quantity = QuantityField(_("for quantity"), default=1, help_text=_("The lines are for this many units."))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True, help_text=_("This day no longer counts."))
    state = models.CharField(_("state"), max_length=12, choices=BomState, default=BomState.DRAFT, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("bill of material")
        verbose_name_plural = _("bills of material")
        permissions = [
            ("release_bom", _("Can release bills of material")),
            ("retire_bom", _("Can retire bills of material")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "revision"], name="erp_bom_revision"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_bom_quantity"),
            models.CheckConstraint(condition=Q(state__in=BomState.values), name="erp_bom_state"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="erp_bom_dates"
            ),
            ExclusionConstraint(
                name="erp_bom_one_released",
                expressions=[(OneKey("item_id"), "&&"), (DateRange("valid_from", "valid_to"), "&&")],
                condition=Q(state=BomState.RELEASED),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:bom-detail", args=[self.pk])


class BomLine(DocumentLine):
    """One component of a bill of material: how much of it the batch needs."""

    bom = models.ForeignKey(Bom, models.CASCADE, related_name="lines", verbose_name=_("bill of material"))
    component = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("component"))
    quantity = QuantityField(_("quantity"))
    scrap_percent = PercentField(_("scrap %"), default=0)
    material_kind = models.CharField(
        _("kind of material"), max_length=10, choices=MaterialKind, default=MaterialKind.MAIN
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("component")
        verbose_name_plural = _("components")
        indexes = [models.Index(fields=["component"], name="erp_bomline_component")]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_bomline_quantity"),
            models.CheckConstraint(condition=Q(scrap_percent__gte=0, scrap_percent__lt=100), name="erp_bomline_scrap"),
            models.CheckConstraint(condition=Q(material_kind__in=MaterialKind.values), name="erp_bomline_kind"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="erp_bomline_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.component}"
