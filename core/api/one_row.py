"""Routes of settings of which there is one row: read, and written as a whole."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.viewsets import idempotency_key
from core.operations import perform


class OneRow(APIView):
    """Settings of which there is one row: ``service`` takes the fields of ``input_shape``, ``shape`` shows the row."""

    permission_required: ClassVar[str]
    service: ClassVar[Callable[..., Any]]
    input_shape: ClassVar[Any]
    shape: ClassVar[Any]

    def saved(self, request: Any) -> Response:
        form = self.input_shape(data=request.data)
        form.is_valid(raise_exception=True)
        arguments = self.arguments(dict(form.validated_data))
        row = perform(type(self).service, actor=request.user, key=idempotency_key(request), **arguments)
        return Response(self.shape(row, context={"request": request}).data)

    def arguments(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return what the service takes of what was typed: as it is, unless a route says otherwise."""
        return typed
