"""Stock documents: goods that move outside of trade and production, counts and opening stock."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import ZERO, AmountField, QuantityField, UnitCostField
from core.history import History
from erp.models.stock import Lot
from erp.states import STOCK_DOCUMENT_TRANSITIONS, StockDocumentKind, StockDocumentState, StockReason


class StockDocument(Document):
    """A miscellaneous receipt or issue, a transfer, a count or the opening stock of one warehouse."""

    TRANSITIONS = STOCK_DOCUMENT_TRANSITIONS
    LOCK_PLACE = 34
    SCOPE_OWNER = None

    state = models.CharField(_("state"), max_length=12, choices=StockDocumentState, default=StockDocumentState.DRAFT)
    kind = models.CharField(_("kind"), max_length=16, choices=StockDocumentKind)
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    to_warehouse = models.ForeignKey(
        "masterdata.Warehouse", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to warehouse")
    )
    is_two_step = models.BooleanField(
        _("with transit"), default=False, help_text=_("Sent first, received later: on the way in between.")
    )
    goods_owner = models.ForeignKey(
        "masterdata.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner of the goods"),
        help_text=_("Empty: ours."),
    )
    reason_code = models.CharField(_("reason"), max_length=16, choices=StockReason, blank=True)
    department = models.ForeignKey(
        "masterdata.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    posting_date = models.DateField(_("posting date"), null=True, blank=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("stock document")
        verbose_name_plural = _("stock documents")
        permissions = [
            ("post_stockdocument", _("Can post stock documents")),
            ("reverse_stockdocument", _("Can reverse stock documents")),
            ("cancel_stockdocument", _("Can cancel stock documents")),
            ("post_opening_stock", _("Can enter opening stock")),
            ("receive_stockdocument", _("Can receive transfers")),
            ("approve_stockdocument", _("Can approve stock documents")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StockDocumentState.values), name="erp_stockdocument_state"),
            models.CheckConstraint(condition=Q(kind__in=StockDocumentKind.values), name="erp_stockdocument_kind"),
            models.CheckConstraint(
                condition=~Q(kind__in=["misc_receipt", "misc_issue"]) | ~Q(reason_code=""),
                name="erp_stockdocument_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="transfer") | Q(to_warehouse__isnull=False), name="erp_stockdocument_transfer"
            ),
            models.CheckConstraint(
                condition=Q(is_two_step=False) | Q(kind="transfer"), name="erp_stockdocument_two_step"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["owner_receipt", "owner_return"], goods_owner__isnull=False)
                | Q(kind="transfer")
                | (~Q(kind__in=["owner_receipt", "owner_return"]) & Q(goods_owner__isnull=True)),
                name="erp_stockdocument_owner",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:stock-document-detail", args=[self.pk])


class StockDocumentLine(DocumentLine):
    """Goods of one item, lot and place; a count line compares what was counted with the books.

    ``quantity`` is in the stock unit; ``entered_quantity`` is what was typed, in ``uom``. Of a transfer with transit,
    ``received_quantity`` has arrived and ``lost_quantity`` never will.
    """

    document = models.ForeignKey(StockDocument, models.CASCADE, related_name="lines", verbose_name=_("document"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    to_location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to location")
    )
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    uom = models.ForeignKey(
        "masterdata.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    entered_quantity = QuantityField(_("entered quantity"), null=True, blank=True)
    second_quantity = QuantityField(_("second quantity"), null=True, blank=True)
    received_quantity = QuantityField(_("received"), default=0, editable=False)
    lost_quantity = QuantityField(_("lost on the way"), default=0, editable=False)
    book_quantity = QuantityField(_("book quantity"), null=True, blank=True, editable=False)
    unit_cost = UnitCostField(_("unit cost"), null=True, blank=True)
    amount = AmountField(_("value"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("stock document line")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gte=0), name="erp_stockdocumentline_quantity"
            ),
            models.CheckConstraint(
                condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0), name="erp_stockdocumentline_cost"
            ),
            models.CheckConstraint(
                condition=Q(received_quantity=0, lost_quantity=0)
                | Q(
                    received_quantity__gte=0,
                    lost_quantity__gte=0,
                    quantity__gte=F("received_quantity") + F("lost_quantity"),
                ),
                name="erp_stockdocumentline_arrived",
            ),
            models.CheckConstraint(
                condition=Q(second_quantity__isnull=True) | Q(second_quantity__gte=0),
                name="erp_stockdocumentline_second",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.line_no}"

    @property
    def on_the_way(self) -> Decimal:
        """What was sent and has neither arrived nor been written off, stock unit."""
        return (self.quantity or ZERO) - self.received_quantity - self.lost_quantity
