"""Routes of payments: reads, and a POST for every verb."""

from core.api.viewsets import operation_action
from finance.api.serializers import payments as shapes
from finance.api.viewsets.base import ChangingViewSet
from finance.filters.payments import PaymentFilter
from finance.models import Payment
from finance.services import payments


class PaymentViewSet(ChangingViewSet):
    queryset = Payment.objects.prefetch_related("lines", "allocations").order_by("-pk")
    serializer_class = shapes.PaymentSerializer
    input_serializer_class = shapes.PaymentInput
    update_serializer_class = shapes.PaymentChange
    filterset_class = PaymentFilter
    permission_required = "finance.view_payment"
    create_service = payments.create_payment
    update_service = payments.update_payment

    post_document = operation_action(payments.post_payment, name="post")
    cancel = operation_action(payments.cancel_payment, name="cancel")
    reverse = operation_action(payments.reverse_payment, name="reverse")
    undo_allocation = operation_action(payments.undo_allocation, name="undo-allocation", serializer=shapes.UndoInput)
    allocate = operation_action(payments.allocate_payment, name="allocate", serializer=shapes.AllocateInput)
