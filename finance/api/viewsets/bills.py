"""Routes of bills of exchange."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import bills as shapes
from finance.filters.bills import BillFilter
from finance.models import Bill
from finance.services import bills
from finance.services.bill_splitting import split_bill
from finance.services.opening_bills import record_opening_bill, withdraw_opening_bill


class BillViewSet(DocumentViewSet):
    queryset = Bill.objects.prefetch_related("parts").order_by("-pk")
    serializer_class = shapes.BillSerializer
    input_serializer_class = shapes.BillInput
    filterset_class = BillFilter
    permission_required = "finance.view_bill"
    create_service = bills.create_bill

    register = operation_action(bills.register_bill, name="register", serializer=shapes.RegisterInput)
    endorse = operation_action(bills.endorse_bill, name="endorse", serializer=shapes.EndorseInput)
    discount = operation_action(bills.discount_bill, name="discount", serializer=shapes.DiscountInput)
    settle = operation_action(bills.settle_bill, name="settle", serializer=shapes.SettleInput)
    split = operation_action(split_bill, name="split", serializer=shapes.SplitInput)
    dishonour = operation_action(bills.dishonour_bill, name="dishonour")
    cancel = operation_action(bills.cancel_bill, name="cancel")
    withdraw = operation_action(withdraw_opening_bill, name="withdraw")

    @extend_schema(request=shapes.OpeningBillInput, responses={201: shapes.BillSerializer})
    @action(detail=False, methods=["post"], url_path="opening-bill", url_name="opening-bill")
    def opening_bill(self, request: Any) -> Response:
        """Enter a bill that was taken in or issued before the books began."""
        form = shapes.OpeningBillInput(data=request.data)
        form.is_valid(raise_exception=True)
        made = perform(record_opening_bill, actor=request.user, key=idempotency_key(request), **form.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)
