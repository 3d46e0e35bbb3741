"""Routes of electronic invoices: prepared, and answered by the tax platform."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key
from core.operations import perform
from finance.api.serializers import tax as shapes
from finance.filters.tax import TaxInvoiceFilter, TaxLineFilter
from finance.models import InvoiceLine, TaxInvoice
from finance.services import tax_invoices
from finance.states import InvoiceState


class TaxInvoiceViewSet(DocumentViewSet):
    queryset = TaxInvoice.objects.order_by("-pk")
    serializer_class = shapes.TaxInvoiceSerializer
    input_serializer_class = shapes.TaxInvoicesInput
    filterset_class = TaxInvoiceFilter
    permission_required = "finance.view_taxinvoice"
    create_service = tax_invoices.prepare_tax_invoices

    @extend_schema(request=shapes.TaxInvoicesInput, responses={201: shapes.TaxInvoiceSerializer(many=True)})
    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Prepare electronic invoices for posted customer invoices."""
        data = self._input(request)
        keys = perform(tax_invoices.prepare_tax_invoices, actor=request.user, key=idempotency_key(request), **data)
        shown = shapes.TaxInvoiceSerializer(
            self.get_queryset().filter(pk__in=keys), many=True, context=self.get_serializer_context()
        )
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.TaxAnswersInput, responses={200: None})
    @action(detail=False, methods=["post"])
    def answers(self, request: Any) -> Response:
        """Take the platform's answers by our invoice numbers."""
        form = shapes.TaxAnswersInput(data=request.data)
        form.is_valid(raise_exception=True)
        count = perform(
            tax_invoices.record_answers, actor=request.user, key=idempotency_key(request), **form.validated_data
        )
        return Response({"taken": count})


class TaxLineViewSet(DocumentViewSet):
    """The invoice lines behind the figures of the VAT report."""

    queryset = (
        InvoiceLine.objects.filter(invoice__state=InvoiceState.POSTED, invoice__is_opening=False)
        .select_related("invoice")
        .order_by("-pk")
    )
    serializer_class = shapes.TaxLineSerializer
    filterset_class = TaxLineFilter
    permission_required = "finance.view_invoice"
