"""What users set for themselves: language, saved views, columns."""

import datetime as dt
from typing import Any

from core.errors import NotFound
from core.models.users import User
from core.models.views import SavedView
from core.operations import operation

LAST_COLUMNS = "*"
RIGHT = "core.read_own_notifications"


@operation(permission=RIGHT)
def choose_language(*, language: str, actor: User, at: dt.datetime) -> User:
    """Remember the language a user reads in."""
    actor.language = language
    actor.save(update_fields=["language"])
    return actor


@operation(permission=RIGHT)
def save_view(
    *,
    page: str,
    name: str,
    query: str,
    columns: list[str],
    shared: bool,
    default: bool,
    actor: Any,
    at: dt.datetime,
) -> SavedView:
    """Keep a list's present filters under a name; the same name again replaces it, one view may open the list."""
    if default:
        SavedView.objects.filter(owner=actor, page=page, is_default=True).update(is_default=False)
    row, _created = SavedView.objects.update_or_create(
        owner=actor,
        page=page,
        name=name[:60],
        defaults={"query": query[:1000], "columns": columns, "is_shared": shared, "is_default": default},
    )
    return row


@operation(permission=RIGHT)
def delete_view(*, view_id: int, actor: Any, at: dt.datetime) -> dict[str, Any]:
    """Remove one of the actor's own views.

    Raises:
        NotFound: no such view, or somebody else's.
    """
    row = SavedView.objects.filter(pk=view_id, owner=actor).first()
    if row is None:
        raise NotFound(model="saved view", pk=view_id)
    row.delete()
    return {"page": row.page}


@operation(permission=RIGHT)
def choose_columns(*, page: str, columns: list[str], actor: Any, at: dt.datetime) -> SavedView:
    """Remember which columns of a list the user sees, and in which order."""
    row, _created = SavedView.objects.update_or_create(
        owner=actor, page=page, name=LAST_COLUMNS, defaults={"columns": columns}
    )
    return row
