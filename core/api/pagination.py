"""Cursor pagination, newest first."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by key; ``page_size`` up to 200."""

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200
