"""Routes of bank statements and their movements."""

from core.api.viewsets import DocumentViewSet, operation_action
from finance.api.serializers import bank_statements as shapes
from finance.filters.bank_statements import MovementFilter, StatementFilter
from finance.models import BankMovement, BankStatement
from finance.services import bank_statements


class BankStatementViewSet(DocumentViewSet):
    queryset = BankStatement.objects.prefetch_related("movements").order_by("-pk")
    serializer_class = shapes.BankStatementSerializer
    input_serializer_class = shapes.BankStatementInput
    filterset_class = StatementFilter
    permission_required = "finance.view_bankstatement"
    create_service = bank_statements.import_statement

    close = operation_action(bank_statements.close_statement, name="close")


class BankMovementViewSet(DocumentViewSet):
    queryset = BankMovement.objects.order_by("-pk")
    serializer_class = shapes.BankMovementSerializer
    filterset_class = MovementFilter
    permission_required = "finance.view_bankstatement"

    link = operation_action(bank_statements.link_payment, name="link", serializer=shapes.MovementLinkInput)
    pay = operation_action(bank_statements.pay_from_movement, name="pay", serializer=shapes.MovementPaymentInput)
    book = operation_action(bank_statements.book_movement, name="book", serializer=shapes.MovementBookingInput)
    unmatch = operation_action(bank_statements.unmatch_movement, name="unmatch")
