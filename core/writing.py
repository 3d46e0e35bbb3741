"""Writing many rows, of one table or of several, in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import sql
from django.db.models.expressions import RawSQL


@dataclass(frozen=True)
class Change:
    """New values of fields of stored rows of one table: {key: {field: value}}, every row with the same ``names``."""

    model: type[models.Model]
    names: Sequence[str]
    rows: Mapping[Any, Mapping[str, Any]]


def write_together(
    inserts: Mapping[type[models.Model], Sequence[models.Model]],
    changes: Iterable[Change],
    statements: Iterable[tuple[str, list[Any]]] = (),
) -> None:
    """Insert new rows (those of one table in their order) and change stored ones, of several tables, in one statement.

    New instances get no keys back, and may not point at each other. A row is changed once, also by the ``statements``
    (UPDATE, DELETE) that go with them.
    """
    parts: list[tuple[str, Iterable[Any]]] = list(statements)
    parts += [_insert(model, rows) for model, rows in inserts.items() if rows]
    parts += [part for change in changes for part in _updates(change)]
    if not parts:
        return
    *first, last = [text for text, _params in parts]
    named = ", ".join(f"written_{place} AS ({text})" for place, text in enumerate(first))
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"WITH {named} {last}" if first else last, [one for _text, params in parts for one in params])


def insert_with_lines(header: models.Model, lines: Sequence[models.Model], parent: str) -> None:
    """Insert a header and its lines, whose foreign key ``parent`` points at it, in one statement; all get their keys.

    What the database counts (generated columns) is read back for the header only.
    """
    link = _field(type(lines[0]), parent)
    key = RawSQL("(SELECT id FROM header)", ())
    for line in lines:
        setattr(line, link.attname, key)
    connection = connections[DEFAULT_DB_ALIAS]
    own = header._meta.db_returning_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in own)
    head, head_values = _insert(type(header), [header])
    body, body_values = _insert(type(lines[0]), lines)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH header AS ({head} RETURNING {columns}), line AS ({body} RETURNING id)"
            f" SELECT (SELECT array_agg(id ORDER BY id) FROM line), {columns} FROM header",
            [*head_values, *body_values],
        )
        line_keys, *values = cursor.fetchone()
    for field, value in zip(own, values, strict=True):
        setattr(header, field.attname, value)
    _is_stored(header)
    for line, line_key in zip(lines, line_keys, strict=True):
        line.pk = line_key
        setattr(line, parent, header)
        _is_stored(line)


def update_rows(rows: Iterable[models.Model], names: Sequence[str]) -> None:
    """Store the named fields of rows of one table, in one statement."""
    found = list(rows)
    if not found:
        return
    model = type(found[0])
    fields = [_field(model, name) for name in names]
    values = {
        row.pk: {name: getattr(row, field.attname) for name, field in zip(names, fields, strict=True)} for row in found
    }
    write_together({}, [Change(model, names, values)])


def _updates(change: Change) -> list[tuple[str, list[Any]]]:
    """One statement for all rows; one for each where values are lists themselves, or one row it is."""
    connection = connections[DEFAULT_DB_ALIAS]  # itself: the way through its stand-in is long, and gone for each value
    fields = [_field(change.model, name) for name in change.names]
    kinds = [_type(field, connection) for field in fields]
    quote = connection.ops.quote_name
    table, key = quote(change.model._meta.db_table), quote(str(change.model._meta.pk.column))
    prepared = {
        pk: [
            _plain(field.get_db_prep_save(values[name], connection))
            for field, name in zip(fields, change.names, strict=True)
        ]
        for pk, values in change.rows.items()
    }
    if len(prepared) == 1 or any(kind.endswith("]") or kind == "jsonb" for kind in kinds):
        sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        return [(f"UPDATE {table} SET {sets} WHERE {key} = %s", [*row, pk]) for pk, row in prepared.items()]
    arrays = ", ".join(f"%s::{kind}[]" for kind in ["bigint", *kinds])
    given = ", ".join(f"v{place}" for place in range(len(fields) + 1))
    sets = ", ".join(f"{quote(field.column)} = n.v{place}" for place, field in enumerate(fields, 1))
    text = f"UPDATE {table} t SET {sets} FROM unnest({arrays}) AS n({given}) WHERE t.{key} = n.v0"
    return [(text, [list(prepared), *map(list, zip(*prepared.values(), strict=True))])]


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _type(field: Any, connection: Any) -> str:
    """The column's type without its length, which an array does not carry."""
    own = field.target_field if field.is_relation else field
    return str(own.rel_db_type(connection) if own.primary_key else own.db_type(connection)).split("(", maxsplit=1)[0]


def _is_stored(row: models.Model) -> None:
    row._state.adding = False
    row._state.db = DEFAULT_DB_ALIAS


def _plain(value: Any) -> Any:
    """A choice as its stored value: an array wants values of one type."""
    return value.value if isinstance(value, Enum) else value


def _insert(model: type[models.Model], objects: Sequence[models.Model]) -> tuple[str, Iterable[Any]]:
    query = sql.InsertQuery(model)
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and not isinstance(field, models.AutoField)
    ]
    query.insert_values(fields, list(objects))
    [(text, params)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return text, params
