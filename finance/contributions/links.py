"""Addresses of lists, for figures and work items."""

from collections.abc import Callable

from django.urls import reverse


def list_url(name: str, query: str = "") -> Callable[[], str]:
    return lambda: reverse(name) + (f"?{query}" if query else "")
