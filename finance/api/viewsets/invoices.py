"""Routes of invoices: reads, and a POST for every verb."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import invoices as shapes
from finance.api.serializers import payments as payment_shapes
from finance.api.viewsets.base import ChangingViewSet
from finance.filters.invoices import InvoiceFilter
from finance.models import Invoice
from finance.services import invoices, payments
from finance.services.opening_items import record_opening_item
from finance.services.opening_withdrawal import withdraw_opening_item


class InvoiceViewSet(ChangingViewSet):
    queryset = Invoice.objects.prefetch_related("lines", "instalments").order_by("-pk")
    serializer_class = shapes.InvoiceSerializer
    input_serializer_class = shapes.InvoiceInput
    update_serializer_class = shapes.InvoiceChange
    filterset_class = InvoiceFilter
    permission_required = "finance.view_invoice"
    create_service = invoices.create_invoice
    update_service = invoices.update_invoice

    post_document = operation_action(invoices.post_invoice, name="post")
    cancel = operation_action(invoices.cancel_invoice, name="cancel")
    credit = operation_action(
        invoices.create_credit_note, name="credit", serializer=shapes.CreditNoteInput, returns_self=False
    )

    correct = operation_action(
        invoices.create_price_correction, name="correct", serializer=shapes.CorrectionInput, returns_self=False
    )
    release = operation_action(invoices.release_invoice, name="release")
    allocate = operation_action(payments.allocate_credit_note, name="allocate", serializer=payment_shapes.AllocateInput)

    withdraw = operation_action(withdraw_opening_item, name="withdraw")

    def _batch(self, request: Any, service: Any, form: Any) -> Response:
        form.is_valid(raise_exception=True)
        keys = perform(service, actor=request.user, key=idempotency_key(request), **form.validated_data)
        shown = shapes.InvoiceSerializer(
            self.get_queryset().filter(pk__in=keys), many=True, context=self.get_serializer_context()
        )
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.OpeningItemInput, responses={201: shapes.InvoiceSerializer})
    @action(detail=False, methods=["post"], url_path="opening-item", url_name="opening-item")
    def opening_item(self, request: Any) -> Response:
        """Enter what was open of a customer or supplier before the books began."""
        form = shapes.OpeningItemInput(data=request.data)
        form.is_valid(raise_exception=True)
        made = perform(record_opening_item, actor=request.user, key=idempotency_key(request), **form.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=shapes.DeliveriesInput, responses={201: shapes.InvoiceSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="from-deliveries", url_name="from-deliveries")
    def from_deliveries(self, request: Any) -> Response:
        """Draft customer invoices for shipment lines and order fees."""
        return self._batch(request, invoices.invoice_deliveries, shapes.DeliveriesInput(data=request.data))

    @extend_schema(request=shapes.EarlyInput, responses={201: shapes.InvoiceSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="ahead-of-goods", url_name="ahead-of-goods")
    def ahead_of_goods(self, request: Any) -> Response:
        """Draft invoices for order lines whose goods have not come."""
        return self._batch(request, invoices.invoice_early, shapes.EarlyInput(data=request.data))

    @extend_schema(request=shapes.ChargesInput, responses={201: shapes.InvoiceSerializer})
    @action(detail=False, methods=["post"], url_path="deduct-charges", url_name="deduct-charges")
    def deduct_charges(self, request: Any) -> Response:
        """Post a supplier's debit note for material he has to answer for."""
        form = shapes.ChargesInput(data=request.data)
        form.is_valid(raise_exception=True)
        made = perform(invoices.deduct_charges, actor=request.user, key=idempotency_key(request), **form.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=shapes.ReceiptsInput, responses={201: shapes.InvoiceSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="from-receipts", url_name="from-receipts")
    def from_receipts(self, request: Any) -> Response:
        """Draft supplier invoices for receipt lines and received services."""
        return self._batch(request, invoices.invoice_receipts, shapes.ReceiptsInput(data=request.data))
