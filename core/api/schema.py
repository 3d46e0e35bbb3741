"""OpenAPI: the Idempotency-Key header on every write, and the description kept in docs/openapi.yaml."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import BaseSerializer


class ConcordSchema(AutoSchema):
    """Adds the header that creates and actions require, and keeps apart the shapes that have one name."""

    def get_override_parameters(self) -> list[Any]:
        if self.method in {"POST", "PUT", "PATCH"} and getattr(self.view, "needs_key", True):
            return [
                OpenApiParameter(
                    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="One-time key."
                )
            ]
        return []

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        kind = type(serializer)
        if _times_used()[kind.__name__] < 2:
            return str(kind.__name__)
        app, *_folders, module = kind.__module__.split(".")
        return f"{app.title()}{module.title().replace('_', '')}{kind.__name__}"


@cache
def _times_used() -> Counter[str]:
    """How many serializers have each name; asked once all routes are known."""
    kinds: set[type] = set(_kinds(BaseSerializer))
    return Counter(kind.__name__ for kind in kinds)


def _kinds(base: type) -> Iterator[type]:
    kind: type
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def without_enum_ids(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Take out the marks by which equal choices would be joined: ours stay with their field."""
    if isinstance(result, dict):
        result.pop("x-spec-enum-id", None)
        for part in result.values():
            without_enum_ids(part, generator, request, public)
    elif isinstance(result, list):
        for part in result:
            without_enum_ids(part, generator, request, public)
    return result


def as_yaml() -> str:
    """Return the API's description in English, the same text each time.

    Raises:
        ValueError: a view or serializer is not understood; what, is printed.
    """
    GENERATOR_STATS.reset()
    with translation.override("en"):
        description = SchemaGenerator().get_schema(request=None, public=True)
    if GENERATOR_STATS:
        raise ValueError("drf-spectacular does not understand all of the API")
    return str(OpenApiYamlRenderer().render(description, renderer_context={}), "utf-8")
