"""Routes of finance: reads, and a POST for every verb."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.operations import perform
from finance.api import serializers as shapes
from finance.filters import EntryFilter, InvoiceFilter, PaymentFilter
from finance.models import Account, BankAccount, FiscalPeriod, Invoice, JournalEntry, Payment
from finance.services import invoices, payments, periods


class ChangingViewSet(DocumentViewSet):
    """Documents whose partner and kind stay once they are made: ``update_serializer_class`` has the rest."""

    update_serializer_class: ClassVar[Any]

    def get_serializer_class(self) -> Any:
        if self.request and self.request.method == "PUT":
            return self.update_serializer_class
        return super().get_serializer_class()

    def _input(self, request: Any) -> dict[str, Any]:
        form = self.get_serializer_class()(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class AccountViewSet(DocumentViewSet):
    queryset = Account.objects.order_by("code")
    serializer_class = shapes.AccountSerializer
    permission_required = "finance.view_account"


class BankAccountViewSet(DocumentViewSet):
    queryset = BankAccount.objects.order_by("code")
    serializer_class = shapes.BankAccountSerializer
    permission_required = "finance.view_bankaccount"


class FiscalPeriodViewSet(DocumentViewSet):
    queryset = FiscalPeriod.objects.order_by("-d0")
    serializer_class = shapes.FiscalPeriodSerializer
    permission_required = "finance.view_fiscalperiod"

    def _run(self, request: Any, service: Any, pk: Any) -> Response:
        period = perform(
            service,
            actor=request.user,
            key=idempotency_key(request),
            reason=str(request.data.get("reason", "")),
            period_id=int(pk),
        )
        return self.answer(period)

    @action(detail=True, methods=["post"])
    def close(self, request: Any, pk: Any = None) -> Response:
        """Close a period for all postings, once nothing stands against it."""
        return self._run(request, periods.close_period, pk)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: Any = None) -> Response:
        """Open the last closed period again; a reason is needed."""
        return self._run(request, periods.reopen_period, pk)


class JournalEntryViewSet(DocumentViewSet):
    queryset = JournalEntry.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.JournalEntrySerializer
    filterset_class = EntryFilter
    permission_required = "finance.view_journalentry"


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

    def _batch(self, request: Any, service: Any, form: Any) -> Response:
        form.is_valid(raise_exception=True)
        keys = perform(service, actor=request.user, key=idempotency_key(request), **form.validated_data)
        shown = shapes.InvoiceSerializer(
            self.get_queryset().filter(pk__in=keys), many=True, context=self.get_serializer_context()
        )
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.DeliveriesInput, responses={201: shapes.InvoiceSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="from-deliveries", url_name="from-deliveries")
    def from_deliveries(self, request: Any) -> Response:
        """Draft customer invoices for shipment lines and order fees."""
        return self._batch(request, invoices.invoice_deliveries, shapes.DeliveriesInput(data=request.data))

    @extend_schema(request=shapes.ReceiptsInput, responses={201: shapes.InvoiceSerializer(many=True)})
    @action(detail=False, methods=["post"], url_path="from-receipts", url_name="from-receipts")
    def from_receipts(self, request: Any) -> Response:
        """Draft supplier invoices for receipt lines and received services."""
        return self._batch(request, invoices.invoice_receipts, shapes.ReceiptsInput(data=request.data))


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
    allocate = operation_action(payments.allocate_payment, name="allocate", serializer=shapes.AllocateInput)
