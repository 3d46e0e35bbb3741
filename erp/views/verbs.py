"""Buttons of document pages as views: one operation each, refused in place."""

import inspect
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from core.typed import is_key
from core.views.base import DocumentPage, OperationView


def posted_version(request: HttpRequest) -> int | None:
    """Return the version of the document that the user saw."""
    version = request.POST.get("version", "")
    return int(version) if is_key(version) else None


class DocumentVerb(OperationView):
    """One verb of a document; posts the version the user saw where the service asks for it."""

    def arguments(self) -> dict[str, Any]:
        takes_version = "version" in inspect.signature(self.the_service).parameters
        return {"version": posted_version(self.request)} if takes_version else {}


def verb_view(service: Callable[..., Any], page: type[DocumentPage], message: Any = "") -> Callable[..., Any]:
    """Return the view that performs ``service`` on the document of ``page``."""
    name = "".join(part.title() for part in service.__name__.split("_"))
    attributes = {"service": service, "page": page, "message": message, "__doc__": service.__doc__}
    made: type[DocumentVerb] = type(name, (DocumentVerb,), attributes)
    return made.as_view()
