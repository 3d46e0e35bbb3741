"""Routings: the operations by which an item is made, where each is done and how long it takes."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document
from core.fields import OneKey, QuantityField, UnitPriceField
from core.history import History
from erp.models.engineering import DateRange
from erp.states.engineering import ROUTING_TRANSITIONS, RoutingState
from masterdata.models.base import in_chinese


class Routing(Document):
    """How one item is made, in one revision, valid from a day on.

    Of the released ones at most one is valid on any day; a released one is never edited, the next revision follows it.
    """

    TRANSITIONS = ROUTING_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 29
    SCOPE_OWNER: ClassVar[str | None] = None

    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    revision = models.CharField(_("revision"), max_length=20, default="1")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True, help_text=_("This day no longer counts."))
    engineering_change = models.ForeignKey(
        "erp.EngineeringChange",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="routings",
        verbose_name=_("engineering change"),
    )
    state = models.CharField(
        _("state"), max_length=12, choices=RoutingState, default=RoutingState.DRAFT, editable=False
    )
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("routing")
        verbose_name_plural = _("routings")
        permissions = [
            ("release_routing", _("Can release routings")),
            ("retire_routing", _("Can retire routings")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "revision"], name="erp_routing_revision"),
            models.CheckConstraint(condition=Q(state__in=RoutingState.values), name="erp_routing_state"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="erp_routing_dates"
            ),
            ExclusionConstraint(
                name="erp_routing_one_released",
                expressions=[(OneKey("item_id"), "&&"), (DateRange("valid_from", "valid_to"), "&&")],
                condition=Q(state=RoutingState.RELEASED),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:routing-detail", args=[self.pk])


class NamedStep(models.Model):
    """A step with a name in two languages, as master data has them."""

    name = models.CharField(_("name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80, blank=True)

    class Meta:
        abstract = True

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if self.name_zh and in_chinese() else self.name


class RoutingOperation(NamedStep):
    """One step of a routing, done in the order of ``number`` (10, 20, …).

    set-up  minutes once per order; run: minutes for every ``base_quantity`` stock units of the item.
    A subcontracted one goes to ``supplier`` at ``unit_price`` (base currency per stock unit, without tax) and may
    have no work centre; every other one has one.
    """

    routing = models.ForeignKey(Routing, models.CASCADE, related_name="operations", verbose_name=_("routing"))
    number = models.PositiveIntegerField(_("operation"))
    work_center = models.ForeignKey(
        "erp.WorkCenter", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("work centre")
    )
    setup_minutes = QuantityField(_("set-up minutes"), default=0, help_text=_("Once per order."))
    run_minutes = QuantityField(_("run minutes"), default=0)
    base_quantity = QuantityField(_("for quantity"), default=1, help_text=_("The run minutes are for this many units."))
    is_count_point = models.BooleanField(
        _("count point"), default=True, help_text=_("Quantities are reported here; operations before it follow.")
    )
    is_subcontracted = models.BooleanField(_("subcontracted"), default=False)
    supplier = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier")
    )
    unit_price = UnitPriceField(
        _("price per unit"), default=0, help_text=_("Base currency per stock unit, without tax; subcontracted only.")
    )
    instructions = models.TextField(_("instructions"), blank=True)

    class Meta:
        verbose_name = _("operation of a routing")
        verbose_name_plural = _("operations of routings")
        ordering = ["routing", "number"]
        indexes = [models.Index(fields=["work_center"], name="erp_routingoperation_center")]
        constraints = [
            models.UniqueConstraint(fields=["routing", "number"], name="erp_routingoperation_number"),
            models.CheckConstraint(
                condition=Q(setup_minutes__gte=0, run_minutes__gte=0, unit_price__gte=0, base_quantity__gt=0),
                name="erp_routingoperation_signs",
            ),
            models.CheckConstraint(
                condition=Q(is_subcontracted=True) | Q(work_center__isnull=False),
                name="erp_routingoperation_place",
            ),
            models.CheckConstraint(
                condition=Q(is_subcontracted=True) | Q(supplier__isnull=True, unit_price=0),
                name="erp_routingoperation_supplier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label()}"


class OperationFile(models.Model):
    """A file (instruction, drawing) in one revision at an operation of a routing, from ``attached_at`` on.

    It counts until ``withdrawn_at``. The two reasons say why it came and why it went, on a released routing always.

    The operation is named by its number: a draft writes its operations anew. The file itself is an attachment of a
    routing; revisions that are copied show the same one. Rows are never deleted: who asks how a thing was made sees
    the file of that time.
    """

    routing = models.ForeignKey(Routing, models.PROTECT, related_name="operation_files", verbose_name=_("routing"))
    operation_no = models.PositiveIntegerField(_("operation"))
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name=_("file"))
    revision = models.CharField(_("revision"), max_length=20, default="1")
    attached_at = models.DateTimeField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(_("valid until"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("file of an operation")
        verbose_name_plural = _("files of operations")
        default_permissions = ()
        ordering = ["routing", "operation_no", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["routing", "operation_no", "attachment"],
                condition=Q(withdrawn_at__isnull=True),
                name="erp_operationfile_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("attached_at")),
                name="erp_operationfile_times",
            ),
        ]

    def __str__(self) -> str:
        return self.attachment.name

    def titled(self) -> str:
        """Return its name with the revision, as it is cited on paper."""
        return str(_("%(name)s, revision %(revision)s") % {"name": self, "revision": self.revision})


class RoutingAlternate(models.Model):
    """Another work centre that can do an operation, with its own times; rank 1 is tried first."""

    operation = models.ForeignKey(
        RoutingOperation, models.CASCADE, related_name="alternates", verbose_name=_("operation")
    )
    work_center = models.ForeignKey("erp.WorkCenter", models.PROTECT, related_name="+", verbose_name=_("work centre"))
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    setup_minutes = QuantityField(_("set-up minutes"), default=0)
    run_minutes = QuantityField(_("run minutes"), default=0)

    class Meta:
        verbose_name = _("alternative work centre")
        verbose_name_plural = _("alternative work centres")
        default_permissions = ()
        ordering = ["operation", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "work_center"], name="erp_routingalternate_once"),
            models.UniqueConstraint(fields=["operation", "rank"], name="erp_routingalternate_rank"),
            models.CheckConstraint(
                condition=Q(setup_minutes__gte=0, run_minutes__gte=0, rank__gte=1), name="erp_routingalternate_signs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation}: {self.work_center}"
