"""Routes of budgets: versions, lines against used and committed, commitments, releases, alerts."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import budgets as shapes
from finance.filters.budgets import BudgetFilter
from finance.models import Budget, BudgetAlert, Commitment
from finance.selectors.budgets.carrying import carry_preview
from finance.selectors.budgets.report import rows_of
from finance.services import budgets


class BudgetViewSet(DocumentViewSet):
    queryset = Budget.objects.order_by("-year", "-number")
    serializer_class = shapes.BudgetSerializer
    input_serializer_class = shapes.BudgetInput
    filterset_class = BudgetFilter
    permission_required = "finance.view_budget"
    create_service = budgets.create_budget

    activate = operation_action(budgets.activate_budget, name="activate", serializer=shapes.BudgetVersion)
    copy = operation_action(budgets.copy_budget, name="copy", returns_self=False)

    carry = operation_action(budgets.carry_commitments, name="carry", returns_self=False)

    undo_carry = operation_action(
        budgets.undo_carry, name="undo-carry", serializer=shapes.UndoCarryInput, returns_self=False
    )

    @extend_schema(responses={200: shapes.CarryRowSerializer(many=True)})
    @action(detail=True, methods=["get"], url_path="carry-preview")
    def carry_preview(self, request: Any, pk: Any = None) -> Response:
        """What is open of the year's commitments, and which lines of the next budget would rise by it."""
        budget = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(shapes.CarryRowSerializer(carry_preview(budget).rows, many=True).data)

    @extend_schema(responses={200: shapes.BudgetRowSerializer(many=True)})
    @action(detail=True, methods=["get"])
    def report(self, request: Any, pk: Any = None) -> Response:
        """Every line with what is used and committed of it."""
        budget = get_object_or_404(self.get_queryset(), pk=pk)
        rows = rows_of(budget.lines.order_by("account__code", "month", "pk"))
        return Response(shapes.BudgetRowSerializer(rows, many=True).data)

    @extend_schema(request=shapes.BudgetLineInput, responses={200: shapes.BudgetRowSerializer})
    @action(detail=True, methods=["post"])
    def lines(self, request: Any, pk: Any = None) -> Response:
        """Set the amount of one account, dimension and month of a draft."""
        form = shapes.BudgetLineInput(data=request.data)
        form.is_valid(raise_exception=True)
        line = perform(
            budgets.save_budget_line,
            actor=request.user,
            key=idempotency_key(request),
            budget_id=int(pk),
            **form.validated_data,
        )
        [row] = rows_of(type(line).objects.filter(pk=line.pk))
        return Response(shapes.BudgetRowSerializer(row).data)

    @extend_schema(request=shapes.BudgetReleaseInput, responses={201: None})
    @action(detail=False, methods=["post"])
    def release(self, request: Any) -> Response:
        """Let one document go over a budget line."""
        form = shapes.BudgetReleaseInput(data=request.data)
        form.is_valid(raise_exception=True)
        release = perform(
            budgets.release_budget, actor=request.user, key=idempotency_key(request), **form.validated_data
        )
        return Response({"id": release.pk}, status=status.HTTP_201_CREATED)


class CommitmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """What open purchase documents are committed for."""

    permission_required = "finance.view_budget"
    queryset = Commitment.objects.order_by("-pk")
    serializer_class = shapes.CommitmentSerializer


class BudgetAlertViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Budget lines that passed a level."""

    permission_required = "finance.view_budgetalert"
    queryset = BudgetAlert.objects.order_by("-pk")
    serializer_class = shapes.BudgetAlertSerializer
