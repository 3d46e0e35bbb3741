"""Requisitions: what the plan or a department asks purchasing to buy."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine, Transitions
from core.fields import QuantityField, UnitPriceField
from core.history import History
from scm.states import REQUISITION_TRANSITIONS, RequisitionOrigin, RequisitionProgress, RequisitionState


class Requisition(Document):
    """A request to buy, from the plan or typed by an employee for his department."""

    TRANSITIONS: ClassVar[Transitions] = REQUISITION_TRANSITIONS
    LOCK_PLACE: ClassVar[int] = 50
    SCOPE_OWNER: ClassVar[str | None] = None

    state = models.CharField(_("state"), max_length=12, choices=RequisitionState, default=RequisitionState.DRAFT)
    origin = models.CharField(_("origin"), max_length=8, choices=RequisitionOrigin, default=RequisitionOrigin.TYPED)
    department = models.ForeignKey(
        "masterdata.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("requester")
    )
    project = models.ForeignKey(
        "masterdata.Project", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    needed_date = models.DateField(_("needed on"))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("requisition")
        verbose_name_plural = _("requisitions")
        permissions = [
            ("submit_requisition", _("Can submit requisitions")),
            ("approve_requisition", _("Can approve and reject requisitions")),
            ("cancel_requisition", _("Can cancel requisitions")),
            ("close_requisition", _("Can close requisitions that are not bought in full")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RequisitionState.values), name="scm_requisition_state_known"),
            models.CheckConstraint(
                condition=Q(origin__in=RequisitionOrigin.values), name="scm_requisition_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(origin=RequisitionOrigin.PLAN) | Q(requester__isnull=False, department__isnull=False),
                name="scm_requisition_typed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "origin"], name="scm_requisition_state")]

    def get_absolute_url(self) -> str:
        return reverse("scm:requisition-detail", args=[self.pk])


class RequisitionLine(DocumentLine):
    """One thing to buy: an item, or a described thing or service that is not kept as an item.

    ``ordered_quantity`` and ``received_quantity`` are derived from purchase order lines, in the item's stock unit.
    ``sales_order_line``: an item made to order, for that line alone; the plan gives it to no other.
    """

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="lines", verbose_name=_("requisition"))
    item = models.ForeignKey(
        "masterdata.Item", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(_("quantity"))
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    stock_quantity = QuantityField(_("quantity in stock unit"))
    estimated_price = UnitPriceField(
        _("estimated price"), null=True, blank=True, help_text=_("Net per unit in base currency, for the budget.")
    )
    needed_date = models.DateField(_("needed on"))
    supplier = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier wished")
    )
    warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("warehouse")
    )
    sales_order_line = models.ForeignKey(
        "crm.SalesOrderLine",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("bought for"),
    )
    ordered_quantity = QuantityField(_("ordered"), default=0, editable=False)
    received_quantity = QuantityField(_("received"), default=0, editable=False)
    is_closed = models.BooleanField(_("closed"), default=False, editable=False)
    plan_references = models.JSONField(_("firmed planned orders"), default=list, blank=True, editable=False)

    class Meta(DocumentLine.Meta):
        verbose_name = _("requisition line")
        verbose_name_plural = _("requisition lines")
        constraints = [
            models.UniqueConstraint(fields=["requisition", "line_no"], name="scm_requisitionline_line_no"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, stock_quantity__gt=0), name="scm_requisitionline_positive"
            ),
            models.CheckConstraint(
                condition=Q(ordered_quantity__gte=0, received_quantity__gte=0),
                name="scm_requisitionline_progress_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | ~Q(description=""), name="scm_requisitionline_says_what"
            ),
        ]
        indexes = [
            models.Index(
                fields=["item"],
                condition=Q(is_closed=False),
                name="scm_requisitionline_to_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.requisition}/{self.line_no}"

    @property
    def what(self) -> str:
        """What is asked for, in words."""
        return str(self.item) if self.item_id else self.description

    @property
    def open_quantity(self) -> Decimal:
        """Not ordered yet, in the stock unit."""
        if self.is_closed:
            return Decimal(0)
        return max(self.stock_quantity - self.ordered_quantity, Decimal(0))

    @property
    def progress(self) -> RequisitionProgress:
        """How far the line is: the furthest of ordered and received that is true."""
        if self.received_quantity >= self.stock_quantity:
            return RequisitionProgress.RECEIVED
        if self.received_quantity > 0:
            return RequisitionProgress.PARTLY_RECEIVED
        if self.ordered_quantity >= self.stock_quantity:
            return RequisitionProgress.ORDERED
        if self.ordered_quantity > 0:
            return RequisitionProgress.PARTLY_ORDERED
        return RequisitionProgress.CLOSED if self.is_closed else RequisitionProgress.REQUESTED
