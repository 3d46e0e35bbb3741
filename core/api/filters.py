"""Filters are allow-lists; an unknown parameter is a 400, not a silent no."""

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ParseError

RESERVED = frozenset({"cursor", "page_size", "format", "language"})


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter that refuses parameters the view does not declare."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset = self.get_filterset(request, queryset, view)
        known = set(RESERVED)
        if filterset is not None:
            for name, one in filterset.filters.items():
                suffixes = getattr(one.field.widget, "suffixes", None)
                known |= {f"{name}_{suffix}" for suffix in suffixes} if suffixes else {name}
        unknown = set(request.query_params) - known
        if unknown:
            raise ParseError(f"unknown filter: {', '.join(sorted(unknown))}")
        return super().filter_queryset(request, queryset, view)
