"""Routes of purchasing: reads in the user's scope, a POST for every verb."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import MethodMapper, action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.clock import today
from core.operations import perform
from core.permissions import may_view_field
from scm.api import serializers as shapes
from scm.api import subcontract_serializers as subcontract_shapes
from scm.filters import (
    SEND_AHEAD,
    ChargeBackFilter,
    GoodsReceiptFilter,
    LandedCostFilter,
    PurchaseOrderFilter,
    RequisitionFilter,
    SubcontractOrderFilter,
    SupplierReturnFilter,
)
from scm.models import (
    GoodsReceipt,
    LandedCost,
    PurchaseOrder,
    Requisition,
    SubcontractChargeBack,
    SubcontractOrder,
    SupplierReturn,
)
from scm.selectors.material_to_send import material_to_send
from scm.selectors.subcontracting import adjustments_of, charges_back, supplier_balances
from scm.services import (
    goods_receipts,
    landed_costs,
    purchase_orders,
    requisitions,
    subcontract_orders,
    supplier_returns,
)


def post_action(service: Any) -> Any:
    """Make ``POST …/{id}/post/``. On a view class the name ``post`` is the HTTP method, so the method has another."""
    run = operation_action(service, name="post")
    run.__name__ = "post_document"
    run.mapping = MethodMapper(run, ["post"])
    return run


class ReceivingViewSet(DocumentViewSet):
    """Documents whose origin is named when they are made and stays: ``update_serializer_class`` has the rest."""

    update_serializer_class: ClassVar[Any]

    def get_serializer_class(self) -> Any:
        if self.request and self.request.method == "PUT":
            return self.update_serializer_class
        return super().get_serializer_class()

    def _input(self, request: Any) -> dict[str, Any]:
        form = self.get_serializer_class()(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class RequisitionViewSet(DocumentViewSet):
    queryset = Requisition.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.RequisitionSerializer
    input_serializer_class = shapes.RequisitionInput
    filterset_class = RequisitionFilter
    permission_required = "scm.view_requisition"
    create_service = requisitions.create_requisition
    update_service = requisitions.update_requisition

    submit = operation_action(requisitions.submit_requisition, name="submit")
    withdraw = operation_action(requisitions.withdraw_requisition, name="withdraw")
    approve = operation_action(requisitions.approve_requisition, name="approve")
    reject = operation_action(requisitions.reject_requisition, name="reject", serializer=shapes.ReasonedInput)
    cancel = operation_action(requisitions.cancel_requisition, name="cancel")
    close = operation_action(requisitions.close_requisition, name="close", serializer=shapes.ReasonedInput)


class PurchaseOrderViewSet(DocumentViewSet):
    queryset = PurchaseOrder.objects.prefetch_related("lines", "changes").order_by("-pk")
    serializer_class = shapes.PurchaseOrderSerializer
    input_serializer_class = shapes.PurchaseOrderInput
    filterset_class = PurchaseOrderFilter
    permission_required = "scm.view_purchaseorder"
    create_service = purchase_orders.create_purchase_order
    update_service = purchase_orders.update_purchase_order

    approve = operation_action(purchase_orders.approve_purchase_order, name="approve")
    reopen = operation_action(purchase_orders.reopen_purchase_order, name="reopen", serializer=shapes.ReasonedInput)
    cancel = operation_action(purchase_orders.cancel_purchase_order, name="cancel")
    close = operation_action(purchase_orders.close_purchase_order, name="close", serializer=shapes.CloseInput)
    change = operation_action(purchase_orders.change_purchase_order, name="change", serializer=shapes.ChangeInput)
    apply_change = operation_action(purchase_orders.apply_purchase_order_change, name="apply-change")
    withdraw_change = operation_action(purchase_orders.withdraw_purchase_order_change, name="withdraw-change")
    confirm_dates = operation_action(
        purchase_orders.confirm_purchase_order_dates, name="confirm-dates", serializer=shapes.ConfirmDatesInput
    )

    @extend_schema(request=shapes.FromRequisitionsInput, responses={201: shapes.PurchaseOrderSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="from-requisitions", url_name="from-requisitions")
    def from_requisitions(self, request: Any) -> Response:
        """Write draft orders for open requisition lines, one per supplier and warehouse."""
        form = shapes.FromRequisitionsInput(data=request.data)
        form.is_valid(raise_exception=True)
        keys = perform(
            purchase_orders.create_purchase_orders_from_requisitions,
            actor=request.user,
            key=idempotency_key(request),
            **form.validated_data,
        )
        orders = self.get_queryset().filter(pk__in=keys)
        shown = shapes.PurchaseOrderSerializer(orders, many=True, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.OperationOrderInput, responses={201: shapes.PurchaseOrderSerializer})
    @action(detail=False, methods=["post"], url_path="order-operation", url_name="order-operation")
    def order_operation(self, request: Any) -> Response:
        """Write a draft order for an operation of a work order that a supplier does."""
        form = shapes.OperationOrderInput(data=request.data)
        form.is_valid(raise_exception=True)
        order = perform(
            purchase_orders.order_operation,
            actor=request.user,
            key=idempotency_key(request),
            **form.validated_data,
        )
        shown = shapes.PurchaseOrderSerializer(order, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)


class GoodsReceiptViewSet(ReceivingViewSet):
    queryset = GoodsReceipt.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.GoodsReceiptSerializer
    input_serializer_class = shapes.GoodsReceiptInput
    update_serializer_class = shapes.GoodsReceiptChange
    filterset_class = GoodsReceiptFilter
    permission_required = "scm.view_goodsreceipt"
    create_service = goods_receipts.create_goods_receipt
    update_service = goods_receipts.update_goods_receipt

    post_document = post_action(goods_receipts.post_goods_receipt)
    reverse = operation_action(goods_receipts.reverse_goods_receipt, name="reverse")
    cancel = operation_action(goods_receipts.cancel_goods_receipt, name="cancel")


class SupplierReturnViewSet(ReceivingViewSet):
    queryset = SupplierReturn.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.SupplierReturnSerializer
    input_serializer_class = shapes.SupplierReturnInput
    update_serializer_class = shapes.SupplierReturnChange
    filterset_class = SupplierReturnFilter
    permission_required = "scm.view_supplierreturn"
    create_service = supplier_returns.create_supplier_return
    update_service = supplier_returns.update_supplier_return

    post_document = post_action(supplier_returns.post_supplier_return)
    reverse = operation_action(supplier_returns.reverse_supplier_return, name="reverse")
    cancel = operation_action(supplier_returns.cancel_supplier_return, name="cancel")


class LandedCostViewSet(DocumentViewSet):
    queryset = LandedCost.objects.prefetch_related("receipts", "lines__shares").order_by("-pk")
    serializer_class = shapes.LandedCostSerializer
    input_serializer_class = shapes.LandedCostInput
    filterset_class = LandedCostFilter
    permission_required = "scm.view_landedcost"
    create_service = landed_costs.create_landed_cost
    update_service = landed_costs.update_landed_cost

    post_document = post_action(landed_costs.post_landed_cost)
    reverse = operation_action(landed_costs.reverse_landed_cost, name="reverse", serializer=shapes.ReasonedInput)
    cancel = operation_action(landed_costs.cancel_landed_cost, name="cancel")


class SubcontractOrderViewSet(DocumentViewSet):
    queryset = SubcontractOrder.objects.prefetch_related("materials", "charge_backs").order_by("-pk")
    serializer_class = subcontract_shapes.SubcontractOrderSerializer
    input_serializer_class = subcontract_shapes.SubcontractOrderInput
    filterset_class = SubcontractOrderFilter
    permission_required = "scm.view_subcontractorder"
    create_service = subcontract_orders.create_subcontract_order
    update_service = subcontract_orders.update_subcontract_order

    release = operation_action(subcontract_orders.release_subcontract_order, name="release")
    cancel = operation_action(subcontract_orders.cancel_subcontract_order, name="cancel")
    close = operation_action(subcontract_orders.close_subcontract_order, name="close", serializer=shapes.ReasonedInput)
    send_materials = operation_action(
        subcontract_orders.send_materials, name="send-materials", serializer=subcontract_shapes.MaterialsInput
    )
    return_materials = operation_action(
        subcontract_orders.return_materials, name="return-materials", serializer=subcontract_shapes.MaterialsInput
    )
    receive = operation_action(
        subcontract_orders.receive_subcontract_order,
        name="receive",
        serializer=subcontract_shapes.SubcontractReceiptInput,
    )

    @extend_schema(
        parameters=[subcontract_shapes.SupplierBalanceInput],
        responses=subcontract_shapes.SupplierBalanceSerializer(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None, url_path="balances", url_name="balances")
    def balances(self, request: Any) -> Response:
        """What lay and moved at subcontractors over a span, by supplier, item and lot."""
        form = subcontract_shapes.SupplierBalanceInput(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        end = asked.get("end") or today()
        rows = supplier_balances(asked.get("start") or end.replace(day=1), end, partner_id=asked.get("partner"))
        shape = subcontract_shapes.SupplierBalanceSerializer(rows, many=True, context=self.get_serializer_context())
        return Response(shape.data)

    @extend_schema(responses=subcontract_shapes.FeeAdjustmentSerializer(many=True), filters=False, parameters=[])
    @action(detail=True, pagination_class=None, url_path="adjustments", url_name="adjustments")
    def adjustments(self, request: Any, pk: str) -> Response:
        """What invoices, charges and dearer material changed of the receipts' value afterwards, and where it went."""
        order = self.get_object()
        if not may_view_field(request.user, "scm.subcontractchargeback.amount"):
            raise PermissionDenied
        return Response(subcontract_shapes.FeeAdjustmentSerializer(adjustments_of(order), many=True).data)

    @extend_schema(
        parameters=[subcontract_shapes.MaterialToSendInput],
        responses=subcontract_shapes.MaterialToSendSerializer(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None, url_path="material-to-send", url_name="material-to-send")
    def material_to_send(self, request: Any) -> Response:
        """What is to be sent to subcontractors for open and planned orders, what lies there taken off."""
        form = subcontract_shapes.MaterialToSendInput(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        rows = material_to_send(asked.get("until") or today() + SEND_AHEAD, asked.get("partner"))
        return Response(subcontract_shapes.MaterialToSendSerializer(rows, many=True).data)

    @extend_schema(
        request=subcontract_shapes.CountAtSupplierInput,
        responses=subcontract_shapes.SupplierBalanceSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def count(self, request: Any) -> Response:
        """Bring what lies at a supplier to what was counted there; answers with the balances of this month."""
        form = subcontract_shapes.CountAtSupplierInput(data=request.data)
        form.is_valid(raise_exception=True)
        key = idempotency_key(request)
        partner = perform(subcontract_orders.count_materials, actor=request.user, key=key, **form.validated_data)
        rows = supplier_balances(today().replace(day=1), today(), partner_id=partner.pk)
        shape = subcontract_shapes.SupplierBalanceSerializer(rows, many=True, context=self.get_serializer_context())
        return Response(shape.data)


class SubcontractChargeViewSet(DocumentViewSet):
    """What subcontractors have to pay for material used beyond the allowance or spoilt."""

    queryset = SubcontractChargeBack.objects.all()
    serializer_class = subcontract_shapes.ChargeBackSerializer
    filterset_class = ChargeBackFilter
    permission_required = "scm.view_subcontractorder"

    settle = operation_action(
        subcontract_orders.settle_charge_back, name="settle", serializer=subcontract_shapes.SettleInput
    )

    def get_queryset(self) -> Any:
        return charges_back(self.request.user).order_by("-pk")
