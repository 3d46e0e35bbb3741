"""Viewsets of documents and master data: reads are scoped querysets, writes are operations."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.views import View
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from core.operations import perform
from core.permissions import hidden_fields, may_change_field


class Empty(serializers.Serializer):
    """No input."""


class ReasonInput(serializers.Serializer):
    """A reason for the timeline."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class FieldRuleMixin:
    """Drops the fields that the user may not see (reading) or change (writing)."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()  # type: ignore[misc]
        request = self.context.get("request")  # type: ignore[attr-defined]
        model = getattr(getattr(self, "Meta", None), "model", None)
        if request is None or model is None:
            return fields
        for name in hidden_fields(request.user, model) & fields.keys():
            del fields[name]
        for name, one in fields.items():
            if not one.read_only and not may_change_field(request.user, f"{model._meta.label_lower}.{name}"):
                one.read_only = True
        return fields


class ConcordSerializer(FieldRuleMixin, serializers.ModelSerializer):
    """The base of every read serializer."""


def idempotency_key(request: Any) -> str:
    """Return the request's one-time key.

    Raises:
        ParseError: the header is missing or too long (400).
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > 200:
        raise ParseError("the Idempotency-Key header (1 to 200 characters) is required")
    return str(key)


class DocumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """List and read in the user's scope; ``create_service``/``update_service`` with ``input_serializer_class`` write.

    ``permission_required`` is the right to read. ``update_service`` gets ``<pk_argument>=pk`` and the input.
    """

    permission_required: ClassVar[str]
    create_service: ClassVar[Callable[..., Any] | None] = None
    update_service: ClassVar[Callable[..., Any] | None] = None
    input_serializer_class: ClassVar[Any] = None
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        return queryset.visible_to(self.request.user) if hasattr(queryset, "visible_to") else queryset

    def get_serializer_class(self) -> Any:
        if self.request and self.request.method in {"POST", "PUT"} and self.input_serializer_class:
            return self.input_serializer_class
        return super().get_serializer_class()

    def answer(self, document: Any, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the document as its read serializer shows it."""
        serializer = self.serializer_class(document, context=self.get_serializer_context())
        return Response(serializer.data, status=status_code)

    def _input(self, request: Any) -> dict[str, Any]:
        serializer = self.input_serializer_class(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        service = type(self).create_service
        if service is None:
            self.http_method_not_allowed(request)
        data = self._input(request)
        return self.answer(
            perform(service, actor=request.user, key=idempotency_key(request), **data), status.HTTP_201_CREATED
        )

    def update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        service = type(self).update_service
        if service is None:
            self.http_method_not_allowed(request)
        data = self._input(request)
        pk = self.get_object().pk
        argument = service.operation.document[1]  # type: ignore[union-attr]
        return self.answer(perform(service, actor=request.user, key=idempotency_key(request), **{argument: pk}, **data))


def operation_action(
    service: Callable[..., Any],
    *,
    name: str,
    serializer: Any = ReasonInput,
    returns_self: bool = True,
    before: Callable[..., None] | None = None,
) -> Any:
    """Make ``POST …/{id}/<name>/`` run ``service`` on the document; fields of ``serializer`` are its arguments.

    With ReasonInput the reason goes to `perform`. ``returns_self=False``: the answer is {"model", "id", "number"} of
    the result (an action that makes another document). ``before(service, arguments, actor=…, key=…, reason=…)`` is
    called first: it refuses, or takes out of the arguments what is its own.
    """
    spec = service.operation  # type: ignore[attr-defined]

    def run(self: Any, request: Any, pk: Any = None) -> Response:
        form = serializer(data=request.data or {}, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        arguments = {spec.document[1]: int(pk), **form.validated_data}
        reason = arguments.pop("reason", "")
        key = idempotency_key(request)
        if before is not None:
            before(service, arguments, actor=request.user, key=key, reason=reason)
        result = perform(service, actor=request.user, key=key, reason=reason, **arguments)
        if returns_self:
            return self.answer(result)
        return Response({"model": result._meta.label_lower, "id": result.pk, "number": str(result)}, status=201)

    run.__name__ = name.replace("-", "_")
    run.__doc__ = (service.__doc__ or "").split("\n")[0]
    if run.__name__ in View.http_method_names:
        run.__name__ += "_document"  # the bare name would be the HTTP method of every route of the viewset
    routed = action(detail=True, methods=["post"], url_path=name, url_name=name)(run)
    return extend_schema(request=serializer)(routed)  # outermost: `action` forgets what was written before it
