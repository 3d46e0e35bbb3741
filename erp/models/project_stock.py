"""Stock that belongs to a project, and goods that came in for an order line or a project."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import QuantityField
from core.locks import LockRank


class ProjectStock(models.Model):
    """That a project keeps stock of an item: the source of the demand on which its reservations hang.

    That demand (kind *project*) wants exactly what is kept for it, as a quotation's hold does. What is kept for an
    order line of the project hangs on the line's own demand.
    """

    project = models.ForeignKey("masterdata.Project", models.PROTECT, related_name="+", verbose_name=_("project"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))

    class Meta:
        verbose_name = _("stock of a project")
        verbose_name_plural = _("stock of projects")
        default_permissions = ("view",)
        permissions = [("move_projectstock", _("Can move stock between projects"))]
        constraints = [models.UniqueConstraint(fields=["project", "item"], name="erp_projectstock_key")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.item_id}"


class BoundArrival(models.Model):
    """What has come in, and stayed, of one line of supply that is bound to an order line or a project.

    ``settled_quantity`` of it is decided on: kept for the line, kept for the project, or free for everybody.
    The line's document is locked when ``quantity`` changes.
    """

    LOCK_RANK: ClassVar[int] = LockRank.PROMISE

    source_label = models.CharField(_("source"), max_length=60)
    source_id = models.BigIntegerField(_("source document"))
    source_number = models.CharField(_("source number"), max_length=40, blank=True)
    source_line_id = models.BigIntegerField(_("source line"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    order_line = models.ForeignKey(
        "crm.SalesOrderLine", models.PROTECT, null=True, related_name="+", verbose_name=_("order line")
    )
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, related_name="+", verbose_name=_("project")
    )
    quantity = QuantityField(_("quantity"))
    settled_quantity = QuantityField(_("settled"), default=0)

    class Meta:
        verbose_name = _("goods that came for an order")
        verbose_name_plural = _("goods that came for orders")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source_label", "source_line_id"], name="erp_boundarrival_line"),
            models.CheckConstraint(
                condition=Q(settled_quantity__gte=0, settled_quantity__lte=F("quantity")),
                name="erp_boundarrival_settled",
            ),
            models.CheckConstraint(
                condition=Q(order_line__isnull=False) | Q(project__isnull=False), name="erp_boundarrival_bound"
            ),
        ]
        indexes = [
            models.Index(
                fields=["item"], name="erp_boundarrival_waits", condition=Q(quantity__gt=F("settled_quantity"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_number} {self.quantity}"


class ProjectTransfer(models.Model):
    """项目库存调拨单: stock went from one project to another, or out of or into common stock (no project).

    Nothing moves in the warehouse. Never changed: what was a mistake is transferred back by another one.
    """

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    transfer_date = models.DateField(_("date"))
    created_at = models.DateTimeField(_("created at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    from_project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, related_name="+", verbose_name=_("from project")
    )
    to_project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, related_name="+", verbose_name=_("to project")
    )
    warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, null=True, related_name="+", verbose_name=_("warehouse")
    )
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("project stock transfer")
        verbose_name_plural = _("project stock transfers")
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(from_project__isnull=False) | Q(to_project__isnull=False),
                name="erp_projecttransfer_named",
            ),
            models.CheckConstraint(
                condition=Q(from_project__isnull=True) | Q(to_project__isnull=True) | ~Q(from_project=F("to_project")),
                name="erp_projecttransfer_two",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("erp:project-transfer-detail", args=[self.pk])


class ProjectTransferLine(models.Model):
    """So much of an item, stock unit, changed hands where it lay."""

    transfer = models.ForeignKey(
        ProjectTransfer, models.PROTECT, related_name="lines", verbose_name=_("project stock transfer")
    )
    line_no = models.PositiveIntegerField(_("line"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    lot = models.ForeignKey(
        "erp.Lot", models.PROTECT, null=True, related_name="+", verbose_name=_("lot or serial number")
    )
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("line of a project stock transfer")
        verbose_name_plural = _("lines of project stock transfers")
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["transfer", "line_no"], name="erp_projecttransferline_line_no"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_projecttransferline_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}/{self.line_no}"
