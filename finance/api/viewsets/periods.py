"""Routes of fiscal periods."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key
from core.operations import perform
from finance.api.serializers import periods as shapes
from finance.models import FiscalPeriod
from finance.selectors.close import findings
from finance.services import periods


class FiscalPeriodViewSet(DocumentViewSet):
    queryset = FiscalPeriod.objects.prefetch_related("modules").order_by("-d0")
    serializer_class = shapes.FiscalPeriodSerializer
    permission_required = "finance.view_fiscalperiod"

    def _run(self, request: Any, service: Any, pk: Any) -> Response:
        period = perform(
            service,
            actor=request.user,
            key=idempotency_key(request),
            reason=str(request.data.get("reason", "")),
            period_id=int(pk),
            **({"module": str(request.data["module"])} if "module" in request.data else {}),
        )
        return self.answer(period)

    @extend_schema(request=shapes.PeriodInput)
    @action(detail=True, methods=["post"])
    def close(self, request: Any, pk: Any = None) -> Response:
        """Close one ``module`` of a period, or without one all of it, once nothing stands against it."""
        service = periods.close_module if "module" in request.data else periods.close_period
        return self._run(request, service, pk)

    @extend_schema(request=shapes.PeriodInput)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: Any = None) -> Response:
        """Open one ``module`` of a period again, or without one all of it; a reason is needed."""
        service = periods.reopen_module if "module" in request.data else periods.reopen_period
        return self._run(request, service, pk)

    @extend_schema(request=shapes.ModuleInput)
    @action(detail=True, methods=["post"])
    def hold(self, request: Any, pk: Any = None) -> Response:
        """Let only people with the right to post in held periods post in one module of a period."""
        return self._run(request, periods.hold_module, pk)

    @extend_schema(request=shapes.ModuleInput)
    @action(detail=True, methods=["post"])
    def release(self, request: Any, pk: Any = None) -> Response:
        """Let everybody post in a held module again."""
        return self._run(request, periods.release_module, pk)

    @extend_schema(responses=shapes.CloseFindingSerializer(many=True))
    @action(detail=True, methods=["get"])
    def checks(self, request: Any, pk: Any = None) -> Response:
        """Return what each check of the close finds in a period."""
        found = findings(self.get_object())
        return Response(shapes.CloseFindingSerializer(found, many=True).data)
