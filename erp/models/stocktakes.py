"""Stocktakes 盘点: what is to be counted, by whom, what the books said, what was found, why it differs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, DocumentLine
from core.fields import AmountField, PercentField, QuantityField
from core.history import History
from erp.models.stock import Lot
from erp.states import STOCKTAKE_TRANSITIONS, AbcClass, DifferenceReason, StocktakeKind, StocktakeState


class Stocktake(Document):
    """One count of the bins of a warehouse: all of them, or those that the scope names."""

    TRANSITIONS = STOCKTAKE_TRANSITIONS
    LOCK_PLACE = 35
    SCOPE_OWNER = None

    state = models.CharField(_("state"), max_length=12, choices=StocktakeState, default=StocktakeState.DRAFT)
    kind = models.CharField(_("kind"), max_length=8, choices=StocktakeKind)
    warehouse = models.ForeignKey("masterdata.Warehouse", models.PROTECT, related_name="+", verbose_name=_("warehouse"))
    zone = models.ForeignKey(
        "masterdata.Zone", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("zone")
    )
    location = models.ForeignKey(
        "masterdata.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    category = models.ForeignKey(
        "masterdata.ItemCategory",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("item category"),
    )
    abc_class = models.CharField(_("ABC class"), max_length=1, choices=AbcClass, blank=True)
    only_due = models.BooleanField(_("only what is due by the counting plan"), default=False)
    is_blind = models.BooleanField(
        _("blind count"), default=True, help_text=_("Counters do not see the book quantity.")
    )
    freezes = models.BooleanField(
        _("freeze the bins"),
        default=True,
        help_text=_(
            "Nothing moves in or out while they are counted. Otherwise each bin is compared with the books of the "
            "moment it is counted."
        ),
    )
    tolerance_percent = PercentField(
        _("tolerance in %"), default=0, help_text=_("A difference beyond this part of the book quantity is recounted.")
    )
    tolerance_value = AmountField(
        _("tolerance in value"),
        null=True,
        blank=True,
        help_text=_("A difference worth more than this (base currency) is recounted; empty: value plays no part."),
    )
    snapshot_at = models.DateTimeField(_("snapshot of the books"), null=True, editable=False)
    rounds = models.PositiveSmallIntegerField(_("rounds of counting"), default=0, editable=False)
    posting_date = models.DateField(_("posting date"), null=True, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")
        permissions = [
            ("start_stocktake", _("Can start stocktakes")),
            ("count_stocktake", _("Can enter counted quantities")),
            ("review_stocktake", _("Can see book quantities of counts and ask for recounts")),
            ("post_stocktake", _("Can post the differences of stocktakes")),
            ("reverse_stocktake", _("Can take posted stocktakes back")),
            ("cancel_stocktake", _("Can cancel stocktakes")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StocktakeState.values), name="erp_stocktake_state"),
            models.CheckConstraint(condition=Q(kind__in=StocktakeKind.values), name="erp_stocktake_kind"),
            models.CheckConstraint(
                condition=Q(tolerance_percent__gte=0) & (Q(tolerance_value__isnull=True) | Q(tolerance_value__gte=0)),
                name="erp_stocktake_tolerance",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(posting_date__isnull=False), name="erp_stocktake_posted"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("erp:stocktake-detail", args=[self.pk])


class StocktakeSheet(models.Model):
    """The part of a stocktake that one counter walks through; without a counter anybody may."""

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="sheets", verbose_name=_("stocktake"))
    number = models.PositiveSmallIntegerField(_("sheet"))
    counter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("counter")
    )

    class Meta:
        verbose_name = _("count sheet")
        verbose_name_plural = _("count sheets")
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["stocktake", "number"], name="erp_stocktakesheet_number")]

    def __str__(self) -> str:
        return f"{self.stocktake_id}/{self.number}"


class StocktakeLine(DocumentLine):
    """One item and lot in one bin: the book quantity it is compared with, what was counted, why it differs.

    ``book_quantity`` is what the locked balance said at the snapshot, or (bins not frozen) when it was counted.
    ``previous_quantity`` is what the round before found.
    """

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="lines", verbose_name=_("stocktake"))
    sheet = models.ForeignKey(StocktakeSheet, models.CASCADE, related_name="lines", verbose_name=_("sheet"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("place"))
    is_found = models.BooleanField(_("found, not in the books"), default=False)
    book_quantity = QuantityField(_("book quantity"))
    counted_quantity = QuantityField(_("counted"), null=True)
    previous_quantity = QuantityField(_("counted before"), null=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("counted by")
    )
    counted_at = models.DateTimeField(_("counted at"), null=True)
    to_count = models.BooleanField(_("to be counted"), default=True)
    amount = AmountField(_("value of the difference"), null=True)
    reason_code = models.CharField(_("reason"), max_length=12, choices=DifferenceReason, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(DocumentLine.Meta):
        verbose_name = _("stocktake line")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["stocktake", "item", "location", "lot"], nulls_distinct=False, name="erp_stocktakeline_key"
            ),
            models.CheckConstraint(
                condition=Q(book_quantity__gte=0) & (Q(counted_quantity__isnull=True) | Q(counted_quantity__gte=0)),
                name="erp_stocktakeline_quantities",
            ),
        ]
        indexes = [models.Index(fields=["item", "counted_at"], name="erp_stocktakeline_item")]

    def __str__(self) -> str:
        return f"{self.stocktake_id}/{self.line_no}"

    @property
    def difference(self):
        """Counted less book, stock unit; None while it is not counted."""
        return None if self.counted_quantity is None else self.counted_quantity - self.book_quantity


class StocktakeScan(models.Model):
    """One scan of a counter: so much more of a line; taken back by deleting it."""

    line = models.ForeignKey(StocktakeLine, models.CASCADE, related_name="scans", verbose_name=_("line"))
    quantity = QuantityField(_("quantity"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    scanned_at = models.DateTimeField(_("scanned at"))

    class Meta:
        verbose_name = _("count scan")
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="erp_stocktakescan_quantity")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.quantity}"


class StocktakeBin(models.Model):
    """A bin (of one item, or of all) that a stocktake is counting now; gone when it ends. One count at a time."""

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="bins", verbose_name=_("stocktake"))
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", verbose_name=_("place"))
    item = models.ForeignKey("masterdata.Item", models.PROTECT, null=True, related_name="+", verbose_name=_("item"))

    class Meta:
        verbose_name = _("bin being counted")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["location", "item"], nulls_distinct=False, name="erp_stocktakebin_key")
        ]

    def __str__(self) -> str:
        return f"{self.location_id}/{self.item_id or '-'}"
