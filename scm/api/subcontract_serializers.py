"""Shapes of subcontract orders."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from core.permissions import may_view_field
from erp.states import ValueCounter
from scm.api.serializers import HEADER, Quantity
from scm.models import SubcontractChargeBack, SubcontractMaterial, SubcontractOrder
from scm.selectors.subcontracting import SupplierBalance
from scm.states import MaterialSource


class Money(serializers.DecimalField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **options)


class SubcontractMaterialSerializer(ConcordSerializer):
    class Meta:
        model = SubcontractMaterial
        fields = (
            "id",
            "line_no",
            "item",
            "source",
            "required_quantity",
            "sent_quantity",
            "returned_quantity",
            "used_quantity",
            "lost_quantity",
        )


class SubcontractChargeBackSerializer(ConcordSerializer):
    class Meta:
        model = SubcontractChargeBack
        fields = ("id", "receipt", "item", "reason", "quantity", "amount", "charged_on", "is_reversed", "settled_by")


class SubcontractOrderSerializer(ConcordSerializer):
    materials = SubcontractMaterialSerializer(many=True, read_only=True)
    charge_backs = SubcontractChargeBackSerializer(many=True, read_only=True)
    entered_quantity = Quantity(read_only=True, allow_null=True)

    class Meta:
        model = SubcontractOrder
        fields = (
            *HEADER,
            "purchase_order",
            "partner",
            "item",
            "bom",
            "quantity",
            "uom",
            "unit_factor",
            "entered_quantity",
            "fee",
            "currency",
            "warehouse",
            "due_date",
            "allowance_percent",
            "plan_reference",
            "sales_order_line",
            "rejected_quantity",
            "materials",
            "charge_backs",
        )


class MaterialToSendInput(serializers.Serializer):
    until = serializers.DateField(required=False)
    partner = serializers.IntegerField(required=False)


class MaterialToSendSerializer(serializers.Serializer):
    partner = serializers.IntegerField(source="partner.pk")
    item = serializers.IntegerField(source="item.pk")
    needed_date = serializers.DateField()
    source = serializers.CharField()
    is_planned = serializers.BooleanField()
    needed = Quantity()
    there = Quantity()
    to_send = Quantity()
    in_stock = Quantity()


class SupplierBalanceInput(serializers.Serializer):
    partner = serializers.IntegerField(required=False)
    start = serializers.DateField(required=False, help_text="The first of the month of the end without one.")
    end = serializers.DateField(required=False, help_text="Today without one.")


class SupplierBalanceSerializer(serializers.Serializer):
    """Material of one item and lot at one subcontractor over a span, stock unit; value in the base currency."""

    partner = serializers.IntegerField(source="partner.pk")
    item = serializers.IntegerField(source="item.pk")
    lot = serializers.IntegerField(source="lot.pk", default=None, allow_null=True)
    start = serializers.DateField()
    end = serializers.DateField()
    opening = Quantity()
    sent = Quantity()
    returned = Quantity()
    used = Quantity()
    lost = Quantity()
    counted = Quantity()
    closing = Quantity()
    value = Money()

    def to_representation(self, instance: SupplierBalance) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not may_view_field(self.context["request"].user, "erp.itemcost.value"):
            del shown["value"]
        return shown


class FollowedPartSerializer(serializers.Serializer):
    counter = serializers.ChoiceField(choices=ValueCounter.choices, help_text="The account's role.")
    amount = Money()
    work_order = serializers.IntegerField(source="work_order.pk", default=None, allow_null=True)
    is_carried = serializers.BooleanField(help_text="It went on into goods made of these.")


class FeeAdjustmentSerializer(serializers.Serializer):
    """What a later document changed of the value of one receipt, base currency, and where it went."""

    booked_on = serializers.DateField()
    received_on = serializers.DateField(source="move.moved_on")
    is_cross_period = serializers.BooleanField(help_text="Booked in a later month: that of the receipt was closed.")
    kind = serializers.CharField()
    source_label = serializers.CharField(help_text="Kind of the document that is the reason.")
    source_id = serializers.IntegerField()
    receipt = serializers.IntegerField(source="move.source_id")
    amount = Money()
    in_stock = Money()
    in_process = Money()
    delivered = Money(help_text="Cost of sales, as soon as the delivery is.")
    carried = Money(help_text="In what closed work orders or subcontractors made of the goods.")
    elsewhere = Money(help_text="Losses, variances, gone back.")
    parts = FollowedPartSerializer(many=True)


class ChargeBackSerializer(SubcontractChargeBackSerializer):
    class Meta(SubcontractChargeBackSerializer.Meta):
        fields = ("order", "partner", *SubcontractChargeBackSerializer.Meta.fields)


class SettleInput(serializers.Serializer):
    settled_by = serializers.CharField(max_length=60, help_text="The statement, credit note or agreement.")


class CountedInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    lot_id = serializers.IntegerField(required=False, allow_null=True)
    counted = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True, help_text="The stock unit without one.")


class CountAtSupplierInput(serializers.Serializer):
    partner_id = serializers.IntegerField()
    lines = CountedInput(many=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class SubcontractMaterialInput(serializers.Serializer):
    item_id = serializers.IntegerField()
    required_quantity = Quantity()
    source = serializers.ChoiceField(choices=MaterialSource.choices, required=False)


class SubcontractOrderInput(serializers.Serializer):
    partner_id = serializers.IntegerField()
    item_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    fee = Quantity(required=False, allow_null=True)
    due_date = serializers.DateField()
    warehouse_id = serializers.IntegerField(required=False, allow_null=True)
    currency_id = serializers.IntegerField(required=False, allow_null=True)
    bom_id = serializers.IntegerField(required=False, allow_null=True)
    allowance_percent = Quantity(required=False)
    note = serializers.CharField(required=False, allow_blank=True)
    materials = SubcontractMaterialInput(many=True, required=False, allow_null=True)


class MaterialInput(serializers.Serializer):
    material_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    lot_id = serializers.IntegerField(required=False, allow_null=True)


class MaterialsInput(serializers.Serializer):
    posting_date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    lines = MaterialInput(many=True)


class ReceivedLotInput(serializers.Serializer):
    lot_code = serializers.CharField(max_length=60)
    quantity = Quantity()
    expiry_date = serializers.DateField(required=False, allow_null=True)


class UsedInput(serializers.Serializer):
    material_id = serializers.IntegerField()
    quantity = Quantity()
    uom_id = serializers.IntegerField(required=False, allow_null=True)


class SubcontractReceiptInput(serializers.Serializer):
    quantity = Quantity(required=False)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    rejected_quantity = Quantity(required=False)
    charge_rejected = serializers.BooleanField(required=False)
    lots = ReceivedLotInput(many=True, required=False)
    materials = UsedInput(many=True, required=False)
    location_id = serializers.IntegerField(required=False, allow_null=True)
    date = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    delivery_note = serializers.CharField(max_length=60, required=False, allow_blank=True)
