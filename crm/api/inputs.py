"""What the API of sales takes: ids with ``_id``, decimals as strings; rules are the services' business."""

from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer, ReasonInput
from core.models import User
from crm.models import Campaign, Lead, Opportunity, OpportunityStage, SalesOrder
from crm.states import LeadSource, LostReason
from masterdata.models import Currency, Department, Partner, PartnerAddress, PaymentTerm, Project, Warehouse

SMALLEST = Decimal("0.000001")


class Key(serializers.PrimaryKeyRelatedField):
    """The key of an existing row, handed on as a key."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("allow_null", not kwargs["required"])
        super().__init__(queryset=queryset, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        return int(super().to_internal_value(data).pk)


class Figure(serializers.DecimalField):
    """A figure with up to six decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **kwargs)


class DocumentInput(serializers.Serializer):
    """Input of a document: ``FIXED`` can be given only when it is made, ``version`` only when it is changed."""

    FIXED: ClassVar[str] = "partner_id"

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        is_update = request is not None and request.method == "PUT"
        fields.pop(self.FIXED if is_update else "version", None)
        return fields


class LineInput(serializers.Serializer):
    """A line of a quotation or an order; without price the lists' price holds, with ``id`` an existing line stays."""

    id = serializers.IntegerField(required=False)
    item_id = serializers.IntegerField(required=False, allow_null=True)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    quantity = Figure(min_value=SMALLEST)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    price = Figure(min_value=Decimal(0), required=False, allow_null=True)
    discount_percent = serializers.DecimalField(9, 4, min_value=Decimal(0), max_value=Decimal(100), required=False)
    tax_id = serializers.IntegerField(required=False, allow_null=True)
    ship_date = serializers.DateField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("item_id") and not (attrs.get("description") and attrs.get("price") is not None):
            raise serializers.ValidationError("a line has an item_id, or a description and a price")
        return attrs


class OrderLineInput(LineInput):
    promised_date = serializers.DateField(required=False, allow_null=True)


class HeaderInput(DocumentInput):
    """What quotation and order have in common; what is left out follows from the customer."""

    partner_id = Key(Partner.objects.all(), required=True)
    currency_id = Key(Currency.objects.filter(is_active=True), allow_null=False)
    exchange_rate = serializers.DecimalField(18, 10, min_value=Decimal("0.0000000001"), required=False)
    tax_included = serializers.BooleanField(required=False)
    payment_term_id = Key(PaymentTerm.objects.filter(is_active=True))
    ship_to_id = Key(PartnerAddress.objects.filter(is_active=True))
    warehouse_id = Key(Warehouse.objects.filter(is_active=True), allow_null=False)
    requested_date = serializers.DateField(required=False, allow_null=True)
    document_date = serializers.DateField(required=False)
    source = serializers.ChoiceField(LeadSource.choices, required=False)
    campaign_id = Key(Campaign.objects.all())
    owner_id = Key(User.objects.filter(is_active=True), allow_null=False)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)
    lines = LineInput(many=True, allow_empty=False)


class PartInput(serializers.Serializer):
    """A part of a line, in its unit, and the day it is delivered."""

    quantity = Figure(min_value=SMALLEST)
    ship_date = serializers.DateField()


class SplitInput(serializers.Serializer):
    """A line of a draft and the parts it is offered in."""

    version = serializers.IntegerField(required=False)
    line_id = serializers.IntegerField()
    parts = PartInput(many=True, allow_empty=False)


class QuotationInput(HeaderInput):
    opportunity_id = Key(Opportunity.objects.all())
    valid_until = serializers.DateField(required=False)
    customer_reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=80, required=False, allow_blank=True)


class SalesOrderInput(HeaderInput):
    department_id = Key(Department.objects.filter(is_active=True))
    project_id = Key(Project.objects.filter(is_active=True))
    customer_po = serializers.CharField(max_length=60, required=False, allow_blank=True)
    lines = OrderLineInput(many=True, allow_empty=False)


class ChangeInput(serializers.Serializer):
    """A binding order as it shall become."""

    version = serializers.IntegerField(required=False)
    reason = serializers.CharField(max_length=500)
    payment_term_id = Key(PaymentTerm.objects.filter(is_active=True))
    ship_to_id = Key(PartnerAddress.objects.filter(is_active=True))
    warehouse_id = Key(Warehouse.objects.filter(is_active=True), allow_null=False)
    requested_date = serializers.DateField(required=False, allow_null=True)
    customer_po = serializers.CharField(max_length=60, required=False, allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True)
    lines = OrderLineInput(many=True, allow_empty=False)


class VersionInput(serializers.Serializer):
    """The version that was seen; a document that has moved on refuses."""

    version = serializers.IntegerField(required=False)


class ClosingInput(ReasonInput):
    version = serializers.IntegerField(required=False)


class AcceptInput(VersionInput):
    customer_po = serializers.CharField(max_length=60, required=False, allow_blank=True)


class LoseInput(ReasonInput):
    lost_reason = serializers.ChoiceField(LostReason.choices)


class LoseOpportunityInput(LoseInput):
    competitor = serializers.CharField(max_length=120, required=False, allow_blank=True)


class LeadInput(DocumentInput, serializers.ModelSerializer):
    campaign_id = Key(Campaign.objects.all())
    owner_id = Key(User.objects.filter(is_active=True))
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Lead
        fields = (
            "company_name",
            "contact_name",
            "phone",
            "email",
            "city",
            "interest",
            "source",
            "campaign_id",
            "next_contact_date",
            "owner_id",
            "note",
            "version",
        )


class QualifyInput(serializers.Serializer):
    partner_id = Key(Partner.objects.all())
    title = serializers.CharField(max_length=160, required=False, allow_blank=True)
    amount = serializers.DecimalField(18, 4, min_value=Decimal(0), required=False, allow_null=True)
    expected_date = serializers.DateField(required=False, allow_null=True)
    accept_duplicates = serializers.BooleanField(required=False)


class OpportunityLineInput(serializers.Serializer):
    item_id = serializers.IntegerField(required=False, allow_null=True)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    quantity = Figure(min_value=SMALLEST)
    uom_id = serializers.IntegerField(required=False, allow_null=True)
    price = Figure(min_value=Decimal(0), required=False, allow_null=True)


class OpportunityInput(DocumentInput):
    partner_id = Key(Partner.objects.all(), required=True)
    title = serializers.CharField(max_length=160)
    stage_id = Key(OpportunityStage.objects.filter(is_active=True), allow_null=False)
    probability = serializers.DecimalField(
        9, 4, min_value=Decimal(0), max_value=Decimal(100), required=False, allow_null=True
    )
    currency_id = Key(Currency.objects.filter(is_active=True), allow_null=False)
    amount = serializers.DecimalField(18, 4, min_value=Decimal(0), required=False, allow_null=True)
    expected_date = serializers.DateField(required=False, allow_null=True)
    source = serializers.ChoiceField(LeadSource.choices, required=False)
    campaign_id = Key(Campaign.objects.all())
    competitor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    owner_id = Key(User.objects.filter(is_active=True), allow_null=False)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)
    lines = OpportunityLineInput(many=True, required=False)


class MoveInput(serializers.Serializer):
    stage_id = serializers.IntegerField()


class RequestLineInput(serializers.Serializer):
    """How much of an order line, in the item's stock unit."""

    order_line_id = serializers.IntegerField()
    quantity = Figure(min_value=SMALLEST)


class DeliveryRequestInput(DocumentInput):
    """Without lines: everything that is open."""

    FIXED = "order_id"

    order_id = Key(SalesOrder.objects.all(), required=True)
    ship_date = serializers.DateField(required=False)
    ship_to_id = Key(PartnerAddress.objects.filter(is_active=True), allow_null=False)
    warehouse_id = Key(Warehouse.objects.filter(is_active=True), allow_null=False)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)
    lines = RequestLineInput(many=True, required=False)


class ReturnLineInput(RequestLineInput):
    shipment_line_id = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ReturnRequestInput(DocumentInput):
    FIXED = "order_id"

    order_id = Key(SalesOrder.objects.all(), required=True)
    reason = serializers.CharField(max_length=200)
    warehouse_id = Key(Warehouse.objects.filter(is_active=True), allow_null=False)
    note = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)
    lines = ReturnLineInput(many=True, allow_empty=False)


class CampaignInput(DocumentInput, ConcordSerializer):
    """The fields of a campaign; its service validates them."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Campaign
        fields = ("code", "name", "name_zh", "start_date", "end_date", "budget", "is_active", "version")
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"validators": []}}


class StageInput(DocumentInput, ConcordSerializer):
    """The fields of a sales stage; its service validates them."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = OpportunityStage
        fields = ("code", "name", "name_zh", "sequence", "probability", "is_active", "version")
        extra_kwargs: ClassVar[dict[str, Any]] = {"code": {"validators": []}}
