"""Routes of the settings of the ledger and of receivables and payables, and of the account mapping."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from core.api.one_row import OneRow
from core.api.viewsets import DocumentViewSet, idempotency_key
from core.operations import perform
from finance.api.serializers import settings as shapes
from finance.models import AccountMapping
from finance.selectors.settings import finance_settings
from finance.selectors.vouchers import ledger_settings
from finance.services.accounts import save_mapping
from finance.services.settings import save_settings
from finance.services.vouchers import save_ledger_settings


class LedgerSettingsView(OneRow):
    permission_required = "finance.change_ledgersettings"
    service = save_ledger_settings
    input_shape = shapes.LedgerSettingsInput
    shape = shapes.LedgerSettingsSerializer

    @extend_schema(responses=shapes.LedgerSettingsSerializer)
    def get(self, request: Any) -> Response:
        """How vouchers are grouped and named, and what a close asks for."""
        return Response(self.shape(ledger_settings(), context={"request": request}).data)

    @extend_schema(request=shapes.LedgerSettingsInput, responses=shapes.LedgerSettingsSerializer)
    def put(self, request: Any) -> Response:
        """Change them from now on."""
        return self.saved(request)


class ReceivableSettingsView(OneRow):
    permission_required = "finance.configure_receivables"
    service = save_settings
    input_shape = shapes.ReceivableSettingsInput
    shape = shapes.ReceivableSettingsSerializer

    @extend_schema(responses=shapes.ReceivableSettingsSerializer)
    def get(self, request: Any) -> Response:
        """Tolerances and intervals of receivables and payables."""
        return Response(self.shape(finance_settings(), context={"request": request}).data)

    @extend_schema(request=shapes.ReceivableSettingsInput, responses=shapes.ReceivableSettingsSerializer)
    def put(self, request: Any) -> Response:
        """Change them."""
        return self.saved(request)


class MappingViewSet(DocumentViewSet):
    """Which account plays which role in automatic entries; POST sets one, or takes a category's own away (204)."""

    queryset = AccountMapping.objects.order_by("role", "category_id")
    serializer_class = shapes.MappingSerializer
    input_serializer_class = shapes.MappingInput
    permission_required = "finance.view_accountmapping"
    create_service = save_mapping

    @extend_schema(responses={201: shapes.MappingSerializer, 204: None})
    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        saved = perform(save_mapping, actor=request.user, key=idempotency_key(request), **self._input(request))
        if saved is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self.answer(saved, status.HTTP_201_CREATED)
