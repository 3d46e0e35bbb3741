"""Routes of write-offs, provisions and receipts not invoiced."""

from core.api.viewsets import DocumentViewSet, operation_action
from finance.api.serializers import write_offs as shapes
from finance.filters.write_offs import AccruedChargeFilter, GrniFilter, ProvisionFilter, WriteOffFilter
from finance.models import AccruedCharge, GrniLine, ProvisionRun, WriteOff
from finance.services import provisions, write_offs


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


class AccruedChargeViewSet(DocumentViewSet):
    queryset = AccruedCharge.objects.exclude(accrued_amount=0).order_by("pk")
    serializer_class = shapes.AccruedChargeSerializer
    filterset_class = AccruedChargeFilter
    permission_required = "finance.view_payables"
