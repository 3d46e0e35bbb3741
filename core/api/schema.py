"""OpenAPI: the Idempotency-Key header on every write, and the description kept in docs/openapi.yaml."""

from typing import Any

from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiParameter


class ConcordSchema(AutoSchema):
    """Adds the header that creates and actions require."""

    def get_override_parameters(self) -> list[Any]:
        if self.method in {"POST", "PUT", "PATCH"} and getattr(self.view, "needs_key", True):
            return [
                OpenApiParameter(
                    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="One-time key."
                )
            ]
        return []


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
