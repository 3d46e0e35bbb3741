"""Bills of material: what one batch of an item is made of, and from when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import OneKey, PercentField, QuantityField, RateField, UnitPriceField
from core.history import History
from erp.states import BOM_TRANSITIONS, BomState, MaterialKind
from erp.states.engineering import OUTPUT_KINDS, BomLineKind, IssueMethod, OutputCost, StartsOrder


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
    material_weight = QuantityField(
        _("weight of the material"),
        default=1,
        help_text=_("Where co-products share by weight: that of one unit of the main product."),
    )
    conversion_weight = QuantityField(
        _("weight of the conversion"), null=True, blank=True, help_text=_("Empty: as that of the material.")
    )
    engineering_change = models.ForeignKey(
        "erp.EngineeringChange",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="boms",
        verbose_name=_("engineering change"),
    )
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
            models.CheckConstraint(
                condition=Q(material_weight__gt=0) & (Q(conversion_weight__isnull=True) | Q(conversion_weight__gte=0)),
                name="erp_bom_weights",
            ),
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
    """One component of a bill of material, or an output beside the main product: ``quantity`` for that of the bill.

    component  scrap in percent and a fixed quantity once per order; a skipped one is replaced by its own components.
               Lines of one ``substitute_group`` are replaced together, by all their substitutes of one rank: a line
               may have none of a rank (what stands for the others stands for it), or several.
    output     a by-product takes its fixed amount per unit off the cost; a co-product takes that, or a share of the
               joint cost by weight (weight per unit × quantity) or by percentage, and the main product the rest.
    """

    bom = models.ForeignKey(Bom, models.CASCADE, related_name="lines", verbose_name=_("bill of material"))
    line_kind = models.CharField(_("kind of line"), max_length=10, choices=BomLineKind, default=BomLineKind.COMPONENT)
    component = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("component"))
    quantity = QuantityField(_("quantity"))
    scrap_percent = PercentField(_("scrap %"), default=0)
    fixed_scrap_quantity = QuantityField(_("fixed scrap"), default=0, help_text=_("Once per order."))
    is_level_skipped = models.BooleanField(
        _("skip the level"), default=False, help_text=_("Its own components are issued in its place.")
    )
    issue_method = models.CharField(_("issue"), max_length=10, choices=IssueMethod, default=IssueMethod.PICK)
    operation_no = models.PositiveIntegerField(
        _("operation"), null=True, blank=True, help_text=_("The operation of the routing that needs or yields it.")
    )
    substitute_group = models.CharField(_("substitute group"), max_length=20, blank=True)
    material_kind = models.CharField(
        _("kind of material"), max_length=10, choices=MaterialKind, default=MaterialKind.MAIN
    )
    cost_method = models.CharField(_("cost by"), max_length=12, choices=OutputCost, blank=True)
    material_weight = QuantityField(_("weight of the material"), default=0, help_text=_("Of one stock unit."))
    conversion_weight = QuantityField(
        _("weight of the conversion"), null=True, blank=True, help_text=_("Empty: as that of the material.")
    )
    cost_percent = PercentField(_("cost %"), default=0)
    fixed_amount = UnitPriceField(_("fixed amount"), default=0, help_text=_("Base currency per stock unit."))
    starts_order = models.CharField(
        _("starts an order"),
        max_length=6,
        choices=StartsOrder,
        blank=True,
        help_text=_("Of a co-product that is short; empty: as the planning settings say."),
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
            models.CheckConstraint(
                condition=Q(scrap_percent__gte=0, scrap_percent__lt=100, fixed_scrap_quantity__gte=0),
                name="erp_bomline_scrap",
            ),
            models.CheckConstraint(condition=Q(material_kind__in=MaterialKind.values), name="erp_bomline_kind"),
            models.CheckConstraint(condition=Q(issue_method__in=IssueMethod.values), name="erp_bomline_issue"),
            models.CheckConstraint(
                condition=Q(starts_order="") | Q(line_kind=BomLineKind.CO_PRODUCT, starts_order__in=StartsOrder.values),
                name="erp_bomline_starts_order",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="erp_bomline_dates",
            ),
            models.CheckConstraint(
                condition=Q(line_kind=BomLineKind.COMPONENT, cost_method="")
                | Q(
                    line_kind__in=OUTPUT_KINDS,
                    cost_method__in=OutputCost.values,
                    scrap_percent=0,
                    fixed_scrap_quantity=0,
                    is_level_skipped=False,
                    substitute_group="",
                ),
                name="erp_bomline_output",
            ),
            models.CheckConstraint(
                condition=~Q(line_kind=BomLineKind.BY_PRODUCT) | Q(cost_method=OutputCost.FIXED_AMOUNT),
                name="erp_bomline_by_product",
            ),
            models.CheckConstraint(
                condition=Q(material_weight__gte=0, cost_percent__gte=0, cost_percent__lte=100, fixed_amount__gte=0)
                & (Q(conversion_weight__isnull=True) | Q(conversion_weight__gte=0))
                & (~Q(cost_method=OutputCost.WEIGHT) | Q(material_weight__gt=0)),
                name="erp_bomline_shares",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.component}"


class BomSubstitute(models.Model):
    """What may replace a component: ``ratio`` stock units of it for one of the component; rank 1 is tried first.

    Of a component that is replaced alone each rank has one; of one in a group all of a rank are used together.
    """

    bom_line = models.ForeignKey(BomLine, models.CASCADE, related_name="substitutes", verbose_name=_("component"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("substitute"))
    ratio = RateField(_("ratio"), default=1, help_text=_("How many of it replace one of the component."))
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        default_permissions = ()
        ordering = ["bom_line", "rank", "id"]
        indexes = [models.Index(fields=["item"], name="erp_bomsubstitute_item")]
        constraints = [
            models.UniqueConstraint(fields=["bom_line", "item"], name="erp_bomsubstitute_once"),
            models.CheckConstraint(condition=Q(ratio__gt=0, rank__gte=1), name="erp_bomsubstitute_ratio"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="erp_bomsubstitute_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.item}"
