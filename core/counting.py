"""How many rows several querysets hold and what they sum to, asked in one statement."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Summed:
    """What ``worth`` (a field's name or an expression) sums to over ``rows``, not asked yet.

    finish  what is made of the sum: rounding, a sign.
    """

    rows: QuerySet[Any]
    worth: Any
    finish: Callable[[Decimal], Decimal] = Decimal


def counted(asked: Mapping[K, Any]) -> dict[K, Any]:
    """Return ``asked`` with querysets replaced by the number of their rows and sums by what they come to.

    Other values stay what they are. However many querysets and sums there are, PostgreSQL is asked once.
    """
    found = {key: 0 if isinstance(value, QuerySet | Summed) else value for key, value in asked.items()}
    keys, columns, params = [], [], []
    for key, value in asked.items():
        if (query := _column(value)) is not None:
            keys.append(key)
            columns.append(query[0])
            params += query[1]
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)}", params)
            found |= zip(keys, cursor.fetchone(), strict=True)
    sums = {key: value for key, value in asked.items() if isinstance(value, Summed)}
    return found | {key: value.finish(Decimal(found[key])) for key, value in sums.items()}


def number(value: Any) -> Any:
    """Return how many rows ``value`` holds when it is a queryset, its sum when it is one, else ``value``."""
    return counted({"": value})[""]


def _column(value: Any) -> tuple[str, list[Any]] | None:
    """Return the subquery that counts or sums ``value``; None when there is nothing to ask."""
    if isinstance(value, Summed):
        worth = F(value.worth) if isinstance(value.worth, str) else value.worth
        query = _statement(value.rows.order_by().values(summed_worth=worth))
        return query and (f"(SELECT COALESCE(SUM(summed_worth), 0) FROM ({query[0]}) AS summed)", query[1])
    query = _rows_only(value) if isinstance(value, QuerySet) else None
    return query and (f"(SELECT COUNT(*) FROM ({query[0]}) AS counted)", query[1])


def _rows_only(rows: QuerySet[Any]) -> tuple[str, list[Any]] | None:
    """Return the statement for the rows without what counting does not need; None when there can be none."""
    query = rows.query
    if not (query.is_sliced or query.combinator):
        rows = rows.order_by()
        if not (query.distinct or query.group_by):
            rows = rows.values("pk")
    return _statement(rows)


def _statement(rows: QuerySet[Any]) -> tuple[str, list[Any]] | None:
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, list(params)
