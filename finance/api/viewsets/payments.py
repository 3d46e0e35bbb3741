"""Routes of payments: reads, and a POST for every verb."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import payments as shapes
from finance.api.viewsets.base import ChangingViewSet
from finance.filters.payments import PaymentFilter
from finance.models import Payment
from finance.services import payments
from finance.services.opening_advances import record_opening_advance


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

    @extend_schema(request=shapes.OpeningAdvanceInput, responses={201: shapes.PaymentSerializer})
    @action(detail=False, methods=["post"], url_path="opening-advance", url_name="opening-advance")
    def opening_advance(self, request: Any) -> Response:
        """Enter what was paid in advance by a customer, or to a supplier, before the books began."""
        form = shapes.OpeningAdvanceInput(data=request.data)
        form.is_valid(raise_exception=True)
        made = perform(record_opening_advance, actor=request.user, key=idempotency_key(request), **form.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)
