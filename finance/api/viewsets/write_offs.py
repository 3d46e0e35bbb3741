"""Routes of write-offs, provisions and receipts not invoiced."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import write_offs as shapes
from finance.filters.write_offs import AccruedChargeFilter, GrniFilter, ProvisionFilter, WriteOffFilter
from finance.models import AccruedCharge, GrniLine, ProvisionRun, WriteOff
from finance.services import provisions, write_offs
from finance.services.opening_receipts import record_opening_receipt


class WriteOffViewSet(DocumentViewSet):
    queryset = WriteOff.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.WriteOffSerializer
    input_serializer_class = shapes.WriteOffInput
    filterset_class = WriteOffFilter
    permission_required = "finance.view_writeoff"
    create_service = write_offs.create_write_off

    post_document = operation_action(write_offs.post_write_off, name="post")
    reverse = operation_action(write_offs.reverse_write_off, name="reverse")
    cancel = operation_action(write_offs.cancel_write_off, name="cancel")


class ProvisionViewSet(DocumentViewSet):
    queryset = ProvisionRun.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.ProvisionSerializer
    input_serializer_class = shapes.ProvisionInput
    filterset_class = ProvisionFilter
    permission_required = "finance.view_provisionrun"
    create_service = provisions.create_provision

    post_document = operation_action(provisions.post_provision, name="post")
    cancel = operation_action(provisions.cancel_provision, name="cancel")


class GrniViewSet(DocumentViewSet):
    queryset = GrniLine.objects.exclude(open_amount=0, open_quantity=0).order_by("pk")
    serializer_class = shapes.GrniSerializer
    filterset_class = GrniFilter
    permission_required = "finance.view_payables"

    @extend_schema(request=shapes.OpeningReceiptInput, responses={201: shapes.GrniSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="opening-receipt", url_name="opening-receipt")
    def opening_receipt(self, request: Any) -> Response:
        """Enter goods that came before the books began and that the supplier had not invoiced."""
        form = shapes.OpeningReceiptInput(data=request.data)
        form.is_valid(raise_exception=True)
        key = idempotency_key(request)
        made = perform(record_opening_receipt, actor=request.user, key=key, **form.validated_data)
        rows = self.get_queryset().filter(receipt=made.pk)
        shown = shapes.GrniSerializer(rows, many=True, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)


class AccruedChargeViewSet(DocumentViewSet):
    queryset = AccruedCharge.objects.exclude(accrued_amount=0).order_by("pk")
    serializer_class = shapes.AccruedChargeSerializer
    filterset_class = AccruedChargeFilter
    permission_required = "finance.view_payables"
