"""The OpenAPI page (Swagger UI, served from the program itself)."""

from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class SwaggerPage(SpectacularSwaggerSplitView):
    """Every route with its input, for signed-in users."""

    permission_required: Any = "signed-in"
    url_name = "api:schema"


class SchemaView(SpectacularAPIView):
    """The OpenAPI description, for signed-in users."""

    permission_required: Any = "signed-in"
