"""Shapes of subcontract orders."""

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from scm.api.serializers import HEADER, Quantity
from scm.models import SubcontractChargeBack, SubcontractMaterial, SubcontractOrder
from scm.states import MaterialSource


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
