"""Stock documents: goods that move outside of trade and production, counts and opening stock."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import AmountField, QuantityField, UnitCostField
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
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:stock-document-detail", args=[self.pk])


class StockDocumentLine(DocumentLine):
    """Goods of one item, lot and place; a count line compares what was counted with the books."""

    document = models.ForeignKey(StockDocument, models.CASCADE, related_name="lines", verbose_name=_("document"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    to_location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to location")
    )
    quantity = QuantityField(_("quantity"), null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.line_no}"
