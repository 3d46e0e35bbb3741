"""What the routes of invoices and payments share."""

from typing import Any, ClassVar

from core.api.viewsets import DocumentViewSet


class ChangingViewSet(DocumentViewSet):
    """Documents whose partner and kind stay once they are made: ``update_serializer_class`` has the rest."""

    update_serializer_class: ClassVar[Any]

    def get_serializer_class(self) -> Any:
        if self.request and self.request.method == "PUT":
            return self.update_serializer_class
        return super().get_serializer_class()

    def _input(self, request: Any) -> dict[str, Any]:
        form = self.get_serializer_class()(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)
