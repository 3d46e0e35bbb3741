"""Routes of fiscal periods."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, Empty, ReasonInput, idempotency_key
from core.fields import ZERO
from core.operations import perform
from finance.api.serializers import ledgers as ledger_shapes
from finance.api.serializers import periods as shapes
from finance.models import FiscalPeriod
from finance.selectors.carry_over import left_by_account
from finance.selectors.close import findings
from finance.selectors.ledger import entries_of
from finance.services import carry_over, periods


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

    @extend_schema(responses=ledger_shapes.CarryOverSerializer)
    @action(detail=True, methods=["get"], url_path="carry-over", url_name="carry-over")
    def carry_over(self, request: Any, pk: Any = None) -> Response:
        """What the carry-over of profit and loss has before it, and the entries that carried."""
        period = self.get_object()
        rows = left_by_account(period.d1)
        shown = {
            "left": rows,
            "profit": -sum((row.amount for row in rows), ZERO),
            "entries": entries_of("finance.fiscalperiod", period.pk).values_list("pk", flat=True),
        }
        return Response(ledger_shapes.CarryOverSerializer(shown).data)

    @extend_schema(request=Empty, responses=shapes.FiscalPeriodSerializer)
    @carry_over.mapping.post
    def run_carry_over(self, request: Any, pk: Any = None) -> Response:
        """Bring what stands on revenue and expense accounts to the profit of the year."""
        return self._run(request, carry_over.carry_over, pk)

    @extend_schema(request=ReasonInput, responses=shapes.FiscalPeriodSerializer)
    @action(detail=True, methods=["post"], url_path="undo-carry-over", url_name="undo-carry-over")
    def undo_carry_over(self, request: Any, pk: Any = None) -> Response:
        """Take the carry-over of a period back; a reason is needed."""
        return self._run(request, carry_over.undo_carry_over, pk)

    @extend_schema(request=Empty, responses=shapes.FiscalPeriodSerializer)
    @action(detail=True, methods=["post"], url_path="end-year", url_name="end-year")
    def end_year(self, request: Any, pk: Any = None) -> Response:
        """Bring the profit of the year to retained earnings in its last period, and open the next year."""
        return self._run(request, carry_over.end_year, pk)

    @extend_schema(request=ReasonInput, responses=shapes.FiscalPeriodSerializer)
    @action(detail=True, methods=["post"], url_path="undo-year-end", url_name="undo-year-end")
    def undo_year_end(self, request: Any, pk: Any = None) -> Response:
        """Take the end of the year back; a reason is needed."""
        return self._run(request, carry_over.undo_year_end, pk)
