"""Buttons of document pages as views: one operation each, refused in place."""

import inspect
from collections.abc import Callable
from typing import Any

from core.typed import is_key
from core.views.base import DocumentPage, OperationView


class DocumentVerb(OperationView):
    """One verb of a document; posts the version the user saw where the service asks for it."""

    def arguments(self) -> dict[str, Any]:
        version = self.request.POST.get("version", "")
        takes_version = "version" in inspect.signature(type(self).service).parameters
        return {"version": int(version)} if takes_version and is_key(version) else {}


def verb_view(service: Callable[..., Any], page: type[DocumentPage], message: Any = "") -> Callable[..., Any]:
    """Return the view that performs ``service`` on the document of ``page``."""
    name = "".join(part.title() for part in service.__name__.split("_"))
    attributes = {"service": staticmethod(service), "page": page, "message": message, "__doc__": service.__doc__}
    made: type[DocumentVerb] = type(name, (DocumentVerb,), attributes)
    return made.as_view()
