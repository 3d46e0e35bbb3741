"""REST routes of sales: lists and documents in the reader's scope, every verb as an action."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, operation_action
from core.typed import is_key
from crm.api import inputs, serializers
from crm.filters import (
    CampaignFilter,
    DeliveryRequestFilter,
    LeadFilter,
    OpportunityFilter,
    QuotationFilter,
    ReturnRequestFilter,
    SalesOrderFilter,
    StageFilter,
)
from crm.models import (
    Campaign,
    DeliveryRequest,
    Lead,
    Opportunity,
    OpportunityStage,
    Quotation,
    ReturnRequest,
    SalesOrder,
)
from crm.selectors.promises import promises_of
from crm.services import (
    campaigns,
    deliveries,
    leads,
    opportunities,
    order_changes,
    quotations,
    returns,
    sales_orders,
)
from crm.services.quotation_splits import split_quotation_line


class CampaignViewSet(DocumentViewSet):
    """Campaigns."""

    permission_required = "crm.view_campaign"
    queryset = Campaign.objects.all()
    serializer_class = serializers.CampaignSerializer
    filterset_class = CampaignFilter
    input_serializer_class = inputs.CampaignInput
    create_service = campaigns.create_campaign
    update_service = campaigns.update_campaign


class StageViewSet(DocumentViewSet):
    """Sales stages."""

    permission_required = "crm.view_opportunitystage"
    queryset = OpportunityStage.objects.all()
    serializer_class = serializers.StageSerializer
    filterset_class = StageFilter
    input_serializer_class = inputs.StageInput
    create_service = campaigns.create_stage
    update_service = campaigns.update_stage


class LeadViewSet(DocumentViewSet):
    """Leads."""

    permission_required = "crm.view_lead"
    queryset = Lead.objects.all()
    serializer_class = serializers.LeadSerializer
    filterset_class = LeadFilter
    input_serializer_class = inputs.LeadInput
    create_service = leads.create_lead
    update_service = leads.update_lead

    qualify = operation_action(leads.qualify_lead, name="qualify", serializer=inputs.QualifyInput, returns_self=False)
    lose = operation_action(leads.lose_lead, name="lose", serializer=inputs.LoseInput)


class OpportunityViewSet(DocumentViewSet):
    """Opportunities."""

    permission_required = "crm.view_opportunity"
    queryset = Opportunity.objects.prefetch_related("lines")
    serializer_class = serializers.OpportunitySerializer
    filterset_class = OpportunityFilter
    input_serializer_class = inputs.OpportunityInput
    create_service = opportunities.create_opportunity
    update_service = opportunities.update_opportunity

    move = operation_action(opportunities.move_opportunity, name="move", serializer=inputs.MoveInput)
    win = operation_action(opportunities.win_opportunity, name="win")
    lose = operation_action(opportunities.lose_opportunity, name="lose", serializer=inputs.LoseOpportunityInput)


class QuotationViewSet(DocumentViewSet):
    """Quotations."""

    permission_required = "crm.view_quotation"
    queryset = Quotation.objects.prefetch_related("lines")
    serializer_class = serializers.QuotationSerializer
    filterset_class = QuotationFilter
    input_serializer_class = inputs.QuotationInput
    create_service = quotations.create_quotation
    update_service = quotations.update_quotation

    send = operation_action(quotations.send_quotation, name="send", serializer=inputs.VersionInput)
    accept = operation_action(
        quotations.accept_quotation, name="accept", serializer=inputs.AcceptInput, returns_self=False
    )
    revise = operation_action(quotations.revise_quotation, name="revise", returns_self=False)
    lose = operation_action(quotations.lose_quotation, name="lose", serializer=inputs.LoseInput)
    cancel = operation_action(quotations.cancel_quotation, name="cancel")
    split_line = operation_action(split_quotation_line, name="split-line", serializer=inputs.SplitInput)

    @extend_schema(
        responses=serializers.LinePromiseSerializer(many=True), parameters=[OpenApiParameter("parts_of", int)]
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def promises(self, request: Any, pk: Any = None) -> Response:
        """When each line can be there, and why; with ``parts_of`` (a line) also the parts it could come in."""
        quotation = self.get_queryset().filter(pk=pk).first()
        if quotation is None:
            raise Http404
        asked = request.query_params.get("parts_of", "")
        lines = list(quotation.lines.select_related("item", "uom").order_by("line_no"))
        answers = promises_of(quotation, lines, parts_of=int(asked) if is_key(asked) else None)
        return Response(serializers.LinePromiseSerializer(answers.values(), many=True).data)


class SalesOrderViewSet(DocumentViewSet):
    """Sales orders."""

    permission_required = "crm.view_salesorder"
    queryset = SalesOrder.objects.prefetch_related("lines", "payment_plan", "changes")
    serializer_class = serializers.SalesOrderSerializer
    filterset_class = SalesOrderFilter
    input_serializer_class = inputs.SalesOrderInput
    create_service = sales_orders.create_sales_order
    update_service = sales_orders.update_sales_order

    confirm = operation_action(sales_orders.confirm_sales_order, name="confirm", serializer=inputs.VersionInput)
    close = operation_action(sales_orders.close_sales_order, name="close", serializer=inputs.ClosingInput)
    cancel = operation_action(sales_orders.cancel_sales_order, name="cancel", serializer=inputs.ClosingInput)
    change = operation_action(order_changes.change_sales_order, name="change", serializer=inputs.ChangeInput)
    propose_change = operation_action(
        order_changes.propose_sales_order_change, name="propose-change", serializer=inputs.ChangeInput
    )
    apply_change = operation_action(order_changes.apply_sales_order_change, name="apply-change")
    withdraw_change = operation_action(order_changes.withdraw_sales_order_change, name="withdraw-change")


class DeliveryRequestViewSet(DocumentViewSet):
    """Delivery requests."""

    permission_required = "crm.view_deliveryrequest"
    queryset = DeliveryRequest.objects.prefetch_related("lines")
    serializer_class = serializers.DeliveryRequestSerializer
    filterset_class = DeliveryRequestFilter
    input_serializer_class = inputs.DeliveryRequestInput
    create_service = deliveries.create_delivery_request
    update_service = deliveries.update_delivery_request

    release = operation_action(deliveries.release_delivery_request, name="release", serializer=inputs.VersionInput)
    close = operation_action(deliveries.close_delivery_request, name="close")
    cancel = operation_action(deliveries.cancel_delivery_request, name="cancel")


class ReturnRequestViewSet(DocumentViewSet):
    """Return requests."""

    permission_required = "crm.view_returnrequest"
    queryset = ReturnRequest.objects.prefetch_related("lines")
    serializer_class = serializers.ReturnRequestSerializer
    filterset_class = ReturnRequestFilter
    input_serializer_class = inputs.ReturnRequestInput
    create_service = returns.create_return_request
    update_service = returns.update_return_request

    approve = operation_action(returns.approve_return_request, name="approve", serializer=inputs.VersionInput)
    cancel = operation_action(returns.cancel_return_request, name="cancel")
