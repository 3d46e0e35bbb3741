"""OpenAPI: the Idempotency-Key header on every write."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
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
