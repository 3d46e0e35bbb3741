"""Routes of fiscal periods."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key
from core.operations import perform
from finance.api.serializers import accounts as shapes
from finance.models import FiscalPeriod
from finance.services import periods


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
