"""Engineering changes: what is changed in bills and routings, why, from when, and what becomes of what is under way."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Document, DocumentLine
from core.fields import PercentField, QuantityField, UnitPriceField
from core.history import History
from erp.states.engineering import (
    AS_SET,
    ENGINEERING_CHANGE_TRANSITIONS,
    OPERATION_ACTIONS,
    OUTPUT_KINDS,
    ChangeAction,
    ChangeReason,
    Disposition,
    EngineeringChangeState,
    OrderOutcome,
    OutputCost,
    StartsOrder,
)

STARTS_CHOICES = [*StartsOrder.choices, (AS_SET, _("As set"))]
"""Empty: it stays."""
OUTPUT_CHOICES = [(kind.value, kind.label) for kind in OUTPUT_KINDS]


class EngineeringChange(Document):
    """A decision to make items otherwise from a day on. Releasing it writes the next revisions of their bills."""

    TRANSITIONS = ENGINEERING_CHANGE_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 27
    SCOPE_OWNER: ClassVar[str | None] = None

    title = models.CharField(_("title"), max_length=120)
    reason_code = models.CharField(_("reason"), max_length=12, choices=ChangeReason)
    cause = models.TextField(_("what is wrong"), blank=True)
    effective_date = models.DateField(_("effective from"))
    released_on = models.DateField(pgettext_lazy("engineering change", "released on"), null=True, editable=False)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=EngineeringChangeState,
        default=EngineeringChangeState.DRAFT,
        editable=False,
    )
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("engineering change")
        verbose_name_plural = _("engineering changes")
        permissions = [
            ("release_engineeringchange", _("Can release engineering changes")),
            ("cancel_engineeringchange", _("Can cancel engineering changes")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EngineeringChangeState.values), name="erp_engineeringchange_state"
            ),
            models.CheckConstraint(
                condition=Q(reason_code__in=ChangeReason.values), name="erp_engineeringchange_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("erp:engineering-change-detail", args=[self.pk])


class EngineeringChangeLine(DocumentLine):
    """One change in the bill or the routing of ``item``.

    component    what is added, dropped or changed; ``replacement`` takes its place (or is its substitute).
    quantity     for the quantity of the bill; for a substitute its ratio. Empty figures stay as they are.
    rank         of a substitute. Alone it takes the place, those from there on move down; in a group all of one rank
                 stand for all components of the group together: several for one, one for several.
    substitute_group  the group a component is replaced in; "-" takes it out. Empty: it stays.
    The weights of a change of the main product are those of the bill; is_conversion_as_material empties the weight of
    the conversion again, of the main product or of an output.
    output_kind  co-product or by-product; how an output takes its cost, and whether it starts an order, as on BomLine.
    disposition  what becomes of the stock of a component that is dropped or replaced.
    """

    change = models.ForeignKey(
        EngineeringChange, models.CASCADE, related_name="lines", verbose_name=_("engineering change")
    )
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("changed item"))
    action = models.CharField(_("change"), max_length=20, choices=ChangeAction)
    component = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("component")
    )
    replacement = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replaced by")
    )
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    scrap_percent = PercentField(_("scrap %"), null=True, blank=True)
    operation_no = models.PositiveIntegerField(_("operation"), null=True, blank=True)
    operation_name = models.CharField(_("name of the operation"), max_length=80, blank=True)
    operation_name_zh = models.CharField(_("Chinese name of the operation"), max_length=80, blank=True)
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("work centre")
    )
    setup_minutes = QuantityField(_("set-up minutes"), null=True, blank=True)
    run_minutes = QuantityField(_("run minutes"), null=True, blank=True)
    fixed_scrap_quantity = QuantityField(_("fixed scrap"), null=True, blank=True)
    is_level_skipped = models.BooleanField(_("skip the level"), null=True, blank=True)
    output_kind = models.CharField(_("kind of output"), max_length=10, choices=OUTPUT_CHOICES, blank=True)
    cost_method = models.CharField(_("cost by"), max_length=12, choices=OutputCost, blank=True)
    material_weight = QuantityField(_("weight of the material"), null=True, blank=True)
    conversion_weight = QuantityField(_("weight of the conversion"), null=True, blank=True)
    is_conversion_as_material = models.BooleanField(_("conversion as the material"), default=False)
    cost_percent = PercentField(_("cost %"), null=True, blank=True)
    fixed_amount = UnitPriceField(_("fixed amount"), null=True, blank=True)
    starts_order = models.CharField(_("starts an order"), max_length=6, choices=STARTS_CHOICES, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True)
    substitute_group = models.CharField(_("substitute group"), max_length=20, blank=True)
    disposition = models.CharField(_("stock of the old component"), max_length=10, choices=Disposition, blank=True)
    item_revision = models.CharField(_("new item revision"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("line of an engineering change")
        verbose_name_plural = _("lines of engineering changes")
        indexes = [models.Index(fields=["item"], name="erp_changeline_item")]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=ChangeAction.values), name="erp_changeline_action"),
            models.CheckConstraint(
                condition=Q(action__in=OPERATION_ACTIONS, operation_no__isnull=False)
                | (~Q(action__in=OPERATION_ACTIONS) & Q(component__isnull=False))
                | Q(action=ChangeAction.CHANGE_WEIGHTS),
                name="erp_changeline_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no}. {self.get_action_display()}"


class EngineeringChangeFollowUp(models.Model):
    """The document that carries out the disposition of a line; ``quantity`` of the component, stock unit."""

    line = models.ForeignKey(
        EngineeringChangeLine,
        models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("line of an engineering change"),
    )
    document_label = models.CharField(_("kind of document"), max_length=60)
    document_id = models.BigIntegerField(_("document"))
    document_number = models.CharField(_("number"), max_length=40)
    quantity = QuantityField(_("quantity"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("follow-up of an engineering change")
        verbose_name_plural = _("follow-ups of engineering changes")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["document_label", "document_id"], name="erp_changefollowup_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_changefollowup_quantity"),
        ]

    def __str__(self) -> str:
        return self.document_number


class EngineeringChangeOrder(models.Model):
    """What a released change did to one open work order; ``differences`` are rows of item, before, after, issued."""

    change = models.ForeignKey(
        EngineeringChange, models.CASCADE, related_name="orders", verbose_name=_("engineering change")
    )
    work_order = models.ForeignKey("erp.WorkOrder", models.PROTECT, related_name="+", verbose_name=_("work order"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=OrderOutcome)
    differences = models.JSONField(_("differences"), default=list)

    class Meta:
        verbose_name = _("work order of an engineering change")
        verbose_name_plural = _("work orders of engineering changes")
        default_permissions = ()
        ordering = ["change", "id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "work_order"], name="erp_changeorder_once"),
            models.CheckConstraint(condition=Q(outcome__in=OrderOutcome.values), name="erp_changeorder_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} {self.work_order_id}"
