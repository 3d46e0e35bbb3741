"""Errors of the API in one shape: {"errors": [{code, message, params, field}]}."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DomainError
from core.formats import plain


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Map refusals and DRF's exceptions to answers; anything else is a defect (500, logged by Django)."""
    if isinstance(error, DomainError):
        params = {name: _jsonable(value) for name, value in error.params.items()}
        row = {"code": error.code, "message": str(error), "params": params, "field": error.params.get("field")}
        return Response({"errors": [row]}, status=error.status)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))
    code = error.status_code
    if isinstance(error, exceptions.ValidationError):
        code = status.HTTP_422_UNPROCESSABLE_ENTITY
    return Response({"errors": list(_rows(error.detail))}, status=code, headers=headers)


def _rows(detail: Any, field: str | None = None) -> Any:
    if isinstance(detail, dict):
        for name, value in detail.items():
            path = f"{field}.{name}" if field and name != "" else (name or field)  # the first row of a list is 0
            yield from _rows(value, path)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from _rows(value, f"{field}.{index}" if isinstance(value, dict) and field else field)
    else:
        yield {"code": getattr(detail, "code", "invalid"), "message": str(detail), "params": {}, "field": field}


def _jsonable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(plain(value))
    if isinstance(value, dict):
        return {name: _jsonable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(one) for one in value]
    if value is None or isinstance(value, int | str | bool):
        return value
    return str(value)
