"""How many rows several querysets hold, asked in one statement."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

K = TypeVar("K", bound=Hashable)


def counted(asked: Mapping[K, Any]) -> dict[K, Any]:
    """Return ``asked`` with every queryset replaced by the number of its rows; other values stay what they are.

    However many querysets there are, PostgreSQL is asked once.
    """
    found = {key: 0 if isinstance(value, QuerySet) else value for key, value in asked.items()}
    keys, columns, params = [], [], []
    for key, value in asked.items():
        if isinstance(value, QuerySet) and (query := _rows_only(value)) is not None:
            keys.append(key)
            columns.append(f"(SELECT COUNT(*) FROM ({query[0]}) AS counted)")
            params += query[1]
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)}", params)
            found |= zip(keys, cursor.fetchone(), strict=True)
    return found


def number(value: Any) -> Any:
    """Return how many rows ``value`` holds when it is a queryset, else ``value``."""
    return counted({"": value})[""]


def _rows_only(rows: QuerySet[Any]) -> tuple[str, list[Any]] | None:
    """Return the statement for the rows without what counting does not need; None when there can be none."""
    query = rows.query
    if not (query.is_sliced or query.combinator):
        rows = rows.order_by()
        if not (query.distinct or query.group_by):
            rows = rows.values("pk")
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, list(params)
