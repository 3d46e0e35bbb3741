"""Saved views, chips and chosen columns of list pages."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.models.views import SavedView
from core.services.preferences import LAST_COLUMNS
from core.typed import is_key

SKIPPED = frozenset({"page", "per_page", "sort", "export", "view"})


def views_for(user: Any, page: str) -> Any:
    """Return the saved views of one list that ``user`` may use: his own, his team's, everybody's."""
    shared = Q(owner=user) | Q(is_shared=True)
    if user.team_id:
        shared |= Q(team_id=user.team_id)
    return SavedView.objects.filter(shared, page=page)


def default_query(request: HttpRequest, page: str) -> str:
    """Return the query of the user's default view when the list is opened without any parameter."""
    if request.GET or request.headers.get("HX-Request"):
        return ""
    row = SavedView.objects.filter(owner=request.user, page=page, is_default=True).first()
    return f"{row.query}&view={row.pk}" if row and row.query else (f"view={row.pk}" if row else "")


def chosen_columns(request: HttpRequest, page: str) -> list[str]:
    """Return the columns of the opened view, else those the user last chose for this list, else none."""
    rows = views_for(request.user, page)
    view = request.GET.get("view", "")
    if is_key(view):
        found = rows.filter(pk=int(view)).first()
        if found is not None and found.columns:
            return list(found.columns)
    found = SavedView.objects.filter(owner=request.user, page=page, name=LAST_COLUMNS).first()
    return list(found.columns) if found else []


def _head(header: Any) -> str:
    """Return a column's name in words; a head that is a checkbox chooses rows."""
    text = str(header)
    return str(_("Choice of rows")) if "data-select-all" in text else capfirst(text)


def context(request: HttpRequest, page: str, table: Any, filterset: Any) -> dict[str, Any]:
    """Return chips, saved views and columns as ``core/list.html`` draws them."""
    active = request.GET.get("view", "")
    rows = [row for row in views_for(request.user, page) if row.name != LAST_COLUMNS]
    shown = [column.name for column in table.columns if column.visible]
    bound = table.columns.columns
    every = [(name, _head(bound[name].header) if name in bound else name) for name in table.base_columns]
    return {
        "chips": chips(request, filterset),
        "saved_views": [
            {
                "label": row.name,
                "url": f"{request.path}?{row.query}&view={row.pk}",
                "active": active == str(row.pk),
                "shared": row.is_shared or row.team_id is not None,
                "is_default": row.is_default,
                "delete_url": reverse("core:saved-view-delete", args=[row.pk])
                if row.owner_id == request.user.pk
                else "",
            }
            for row in rows
        ],
        "save_view_url": reverse("core:saved-view-save", args=[page]),
        "columns": [
            {"name": name, "label": label, "shown": name in shown}
            for name, label in sorted(every, key=lambda one: shown.index(one[0]) if one[0] in shown else 999)
            if name not in table.denied
        ],
        "columns_url": reverse("core:columns-save", args=[page]),
    }


def chips(request: HttpRequest, filterset: Any) -> list[dict[str, Any]]:
    """Return one removable chip per active filter."""
    found = []
    for name, values in request.GET.lists():
        if name in SKIPPED or not any(values):
            continue
        base = name if name in filterset.filters else name.rsplit("_", 1)[0]
        one = filterset.filters.get(base)
        if one is None:
            continue
        query: QueryDict = request.GET.copy()
        del query[name]
        shown = ", ".join(_shown(filterset, base, value) for value in values)
        found.append({"label": one.label or base, "value": shown, "remove_url": f"{request.path}?{query.urlencode()}"})
    return found


def _named(filterset: Any, name: str, value: str) -> str:
    """Return what the key in a filter without choices (set by a link) is called; other values as they are."""
    path = filterset.filters[name].field_name or name
    if not is_key(value):
        return value
    model = getattr(filterset.queryset, "model", None)
    try:
        for part in path.removesuffix("_id").split("__"):
            model = model._meta.get_field(part).related_model if model else None
    except FieldDoesNotExist:
        return value
    row = model._default_manager.filter(pk=value).first() if model else None
    return str(row) if row else value


def _shown(filterset: Any, name: str, value: str) -> str:
    form_field = filterset.form.fields.get(name)
    choices = getattr(form_field, "choices", None)
    if choices is None:
        return _named(filterset, name, value)
    if hasattr(form_field, "queryset"):
        row = form_field.queryset.filter(pk=value).first() if is_key(value) else None
        return str(row) if row else value
    return str(dict(choices).get(value, value))
