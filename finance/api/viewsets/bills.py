"""Routes of bills of exchange."""

from core.api.viewsets import DocumentViewSet, operation_action
from finance.api.serializers import bills as shapes
from finance.filters.bills import BillFilter
from finance.models import Bill
from finance.services import bills
from finance.services.bill_splitting import split_bill


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
