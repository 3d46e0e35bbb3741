"""Routes of currency revaluations."""

from core.api.viewsets import DocumentViewSet, operation_action
from finance.api.serializers import revaluations as shapes
from finance.filters.revaluations import RevaluationFilter
from finance.models import Revaluation
from finance.services import revaluations


class RevaluationViewSet(DocumentViewSet):
    queryset = Revaluation.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.RevaluationSerializer
    input_serializer_class = shapes.RevaluationInput
    filterset_class = RevaluationFilter
    permission_required = "finance.view_revaluation"
    create_service = revaluations.create_revaluation

    post_document = operation_action(revaluations.post_revaluation, name="post")
    reverse = operation_action(revaluations.reverse_revaluation, name="reverse")
    cancel = operation_action(revaluations.cancel_revaluation, name="cancel")
