"""What the pages of purchasing share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from core.permissions import may_view_field
from core.typed import is_key
from core.views.base import FormPage, OperationView


def posted_version(request: HttpRequest) -> int | None:
    """Return the version of the document that the user saw."""
    value = request.POST.get("version", "")
    return int(value) if is_key(value) else None


class VersionedOperation(OperationView):
    """A verb that is refused when the document has changed since the user saw it."""

    def arguments(self) -> dict[str, Any]:
        version = posted_version(self.request)
        return {} if version is None else {"version": version}


class PricedFormPage(FormPage):
    """A form with purchase prices: closed to those who may not see them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not may_view_field(request.user, "scm.purchaseorderline.price"):
            raise PermissionDenied("masterdata.view_purchase_price")
        return super().dispatch(request, *args, **kwargs)
