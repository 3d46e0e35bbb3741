"""Merged picks 合并领料: material of many work orders fetched in one walk and shared out to the orders when posted."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, QuantityField
from core.history import History
from erp.models.production import WorkOrder, WorkOrderMaterial
from erp.states.making import MERGED_PICK_TRANSITIONS, MergedPickState, SplitRule


class MergedPick(Document):
    """One walk through a warehouse for the material of several work orders.

    Whatever changes the shares of an order holds that order's lock; the pick's own lock guards its state.
    """

    TRANSITIONS = MERGED_PICK_TRANSITIONS
    LOCK_PLACE = 31
    SCOPE_OWNER = None

    state = models.CharField(_("state"), max_length=12, choices=MergedPickState, default=MergedPickState.OPEN)
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    line_side = models.ForeignKey(
        "masterdata.Location",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("line side"),
        help_text=_("Where the rest of opened packs goes."),
    )
    split_rule = models.CharField(
        _("when there is too little"), max_length=10, choices=SplitRule, default=SplitRule.PRIORITY
    )
    takes_packs = models.BooleanField(
        _("fetch whole packs"),
        default=False,
        help_text=_("Whole packs are fetched (the smallest other unit of the item); the rest goes to the line side."),
    )
    posting_date = models.DateField(_("posting date"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("merged pick")
        verbose_name_plural = _("merged picks")
        permissions = [
            ("post_mergedpick", _("Can post merged picks")),
            ("cancel_mergedpick", _("Can cancel merged picks")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MergedPickState.values), name="erp_mergedpick_state"),
            models.CheckConstraint(condition=Q(split_rule__in=SplitRule.values), name="erp_mergedpick_rule"),
            models.CheckConstraint(
                condition=Q(takes_packs=False) | Q(line_side__isnull=False), name="erp_mergedpick_line_side"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:merged-pick-detail", args=[self.pk])


class MergedPickLine(DocumentLine):
    """One item from one place (none: wherever the rule of taking finds it); how much is the sum of its shares."""

    pick = models.ForeignKey(MergedPick, models.CASCADE, related_name="lines", verbose_name=_("merged pick"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, related_name="+", verbose_name=_("place")
    )
    pack_quantity = QuantityField(_("pack"), default=ZERO)
    to_line_side = QuantityField(_("to the line side"), default=ZERO, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("line of a merged pick")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["pick", "item", "location"], nulls_distinct=False, name="erp_mergedpickline_key"
            ),
            models.CheckConstraint(
                condition=Q(pack_quantity__gte=0, to_line_side__gte=0), name="erp_mergedpickline_quantities"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pick_id}/{self.line_no}"


class PickShare(models.Model):
    """What one material of one work order gets of a line: planned, issued, and given up before it was issued.

    While the pick is open the rest of it (planned, less issued and dropped) is spoken for: no other pick and no
    single issue takes it.
    """

    line = models.ForeignKey(MergedPickLine, models.CASCADE, related_name="shares", verbose_name=_("line"))
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="pick_shares", verbose_name=_("work order"))
    material = models.ForeignKey(
        WorkOrderMaterial, models.SET_NULL, null=True, related_name="pick_shares", verbose_name=_("material")
    )
    rank = models.PositiveIntegerField(_("rank"))
    planned_quantity = QuantityField(_("planned"))
    issued_quantity = QuantityField(_("issued"), default=ZERO)
    dropped_quantity = QuantityField(_("dropped"), default=ZERO)

    class Meta:
        verbose_name = _("share of a merged pick")
        verbose_name_plural = _("shares of merged picks")
        default_permissions = ()
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "material"], name="erp_pickshare_material"),
            models.CheckConstraint(
                condition=Q(planned_quantity__gt=0, issued_quantity__gte=0, dropped_quantity__gte=0)
                & Q(planned_quantity__gte=F("issued_quantity") + F("dropped_quantity")),
                name="erp_pickshare_quantities",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.planned_quantity}"

    @property
    def open_quantity(self):
        """What is still to be issued by this pick."""
        return self.planned_quantity - self.issued_quantity - self.dropped_quantity
