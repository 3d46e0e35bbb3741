"""Stock at past month ends, summed up by a job: any date is one of them plus the newer moves."""

from django.db import models

from core.fields import AmountField, QuantityField


class SnapshotMark(models.Model):
    """Up to which move and value entry the snapshots reach; one row. Newer rows are added when they are read."""

    singleton = models.BooleanField(default=True, unique=True)
    move_id = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)
    month_end = models.DateField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.month_end}: {self.move_id}, {self.entry_id}"


class StockSnapshot(models.Model):
    """What of an item and lot lay in one of our places at the end of a month, by the moves up to the mark."""

    month_end = models.DateField()
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey("masterdata.Location", models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey("erp.Lot", models.PROTECT, null=True, related_name="+", db_index=False)
    quantity = QuantityField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["month_end", "item", "location", "lot"], nulls_distinct=False, name="erp_stocksnapshot_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month_end} {self.item_id} {self.quantity}"


class ValueSnapshot(models.Model):
    """What an item in all our places was worth at the end of a month, by the value entries up to the mark."""

    month_end = models.DateField()
    item = models.ForeignKey("masterdata.Item", models.PROTECT, related_name="+", db_index=False)
    quantity = QuantityField()
    value = AmountField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["month_end", "item"], name="erp_valuesnapshot_key")]

    def __str__(self) -> str:
        return f"{self.month_end} {self.item_id} {self.value}"
