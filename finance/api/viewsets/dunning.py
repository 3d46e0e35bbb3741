"""Routes of dunning letters."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import dunning as shapes
from finance.filters.dunning import LetterFilter
from finance.models import DunningLetter
from finance.services import dunning


class DunningLetterViewSet(DocumentViewSet):
    queryset = DunningLetter.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.DunningLetterSerializer
    input_serializer_class = shapes.LettersInput
    filterset_class = LetterFilter
    permission_required = "finance.view_dunningletter"
    create_service = dunning.write_letters

    send = operation_action(dunning.send_letter, name="send")
    cancel = operation_action(dunning.cancel_letter, name="cancel")

    @extend_schema(request=shapes.LettersInput, responses={201: shapes.DunningLetterSerializer(many=True)})
    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Draft one letter per customer at the level he has reached."""
        keys = perform(dunning.write_letters, actor=request.user, key=idempotency_key(request), **self._input(request))
        shown = shapes.DunningLetterSerializer(
            self.get_queryset().filter(pk__in=keys), many=True, context=self.get_serializer_context()
        )
        return Response(shown.data, status=status.HTTP_201_CREATED)
