"""What an operation has changed and not told the database yet: written together, before anybody can miss it.

A service that changes rows under lock says so here (`change_later`, `insert_later`); the statements are saved up and
go to the database as one at the end of the operation, or at once before the first statement that names one of their
tables: no query of the transaction ever sees rows as they were. What nobody reads before the commit at all (timeline,
outbox, the reply of the one-time key) and the row history are kept beside it and written with the last of it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import models

from core.writing import Change, write_together

SAVEPOINT = re.compile(r'(SAVEPOINT|ROLLBACK TO SAVEPOINT|RELEASE SAVEPOINT) "?(\w+)"?')


class Pending:
    """The unwritten rows of one operation. ``versions``: row history by model and key, the last one of a row wins."""

    def __init__(self) -> None:
        self.versions: dict[tuple[Any, Any], Any] = {}
        self.notes: list[models.Model] = []
        self._inserts: list[models.Model] = []
        self._changes: dict[type[models.Model], dict[Any, dict[str, Any]]] = {}
        self._statements: dict[str, tuple[str, list[Any]]] = {}
        self._tables: set[str] = set()
        self._saved: dict[str, tuple[int, dict[tuple[Any, Any], Any]]] = {}

    def note(self, row: models.Model) -> None:
        """Keep an unsaved row that nobody reads before the commit."""
        self.notes.append(row)

    def insert(self, rows: Iterable[models.Model]) -> None:
        """Keep unsaved rows that get no key back."""
        fresh = list(rows)
        self._inserts += fresh
        self._tables.update(row._meta.db_table for row in fresh)

    def change(self, rows: Iterable[models.Model], names: Iterable[str]) -> None:
        """Keep the values that the named fields of stored rows have now."""
        wanted = list(names)
        for row in rows:
            if row._meta.db_table in self._statements:
                self.flush()
            if row.pk not in self._changes.get(type(row), {row.pk}) and _is_delicate(type(row)):
                self.flush()  # of two rows under one partial key the first gives it up before the second takes it
            of_row = self._changes.setdefault(type(row), {}).setdefault(row.pk, {})
            of_row.update({name: getattr(row, _attname(row, name)) for name in wanted})
            self._tables.add(row._meta.db_table)

    def run(self, table: str, statement: str, params: list[Any]) -> None:
        """Keep an UPDATE or DELETE of one table; what is kept of that table already goes before it."""
        if table in self._tables:
            self.flush()
        self._statements[table] = (statement, params)
        self._tables.add(table)

    def flush(self) -> None:
        """Write what is kept, save for notes and versions."""
        write_together(*self._take())

    def close(self) -> None:
        """Write everything, in one statement."""
        inserts, changes, statements = self._take()
        for (model, _key), row in self.versions.items():
            inserts[model].append(row)
        for row in self.notes:
            inserts[type(row)].append(row)
        self.versions.clear()
        self.notes.clear()
        write_together(inserts, changes, statements)

    def guard(self, execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: Any) -> Any:
        """Run a statement (an execute wrapper of Django) after what is kept of the tables that it names."""
        text = str(statement)
        if text[:9] in {"SAVEPOINT", "ROLLBACK ", "RELEASE S"}:
            self._follow_savepoint(text)
        elif any(table in text and _name(table).search(text) for table in self._tables):
            self.flush()
        return execute(statement, params, many, context)

    def _take(
        self,
    ) -> tuple[dict[type[models.Model], list[models.Model]], list[Change], list[tuple[str, list[Any]]]]:
        inserts: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        for row in self._inserts:
            inserts[type(row)].append(row)
        changes = []
        for model, rows in self._changes.items():
            alike: dict[tuple[str, ...], dict[Any, dict[str, Any]]] = defaultdict(dict)
            for key, values in rows.items():
                alike[tuple(sorted(values))][key] = values
            changes += [Change(model, names, found) for names, found in alike.items()]
        statements = list(self._statements.values())
        self._inserts, self._changes, self._statements, self._tables = [], {}, {}, set()
        return inserts, changes, statements

    def _follow_savepoint(self, text: str) -> None:
        """What was kept inside a savepoint that is rolled back never happened."""
        found = SAVEPOINT.match(text)
        if found is None:
            return
        verb, name = found.groups()
        if verb == "ROLLBACK TO SAVEPOINT":
            count, versions = self._saved.get(name, (0, {}))
            del self.notes[count:]
            self.versions.clear()
            self.versions.update(versions)
            self._take()
            return
        self.flush()
        if verb == "SAVEPOINT":
            self._saved[name] = (len(self.notes), dict(self.versions))


@cache
def _name(table: str) -> re.Pattern[str]:
    """The name of a table standing by itself: `crm_salesorder` is not in `crm_salesorderline`."""
    return re.compile(rf"\b{re.escape(table)}\b")


@cache
def _is_delicate(model: type[models.Model]) -> bool:
    """Return whether some rule of the table looks at several rows at once, depending on their state."""
    return any(
        getattr(rule, "condition", None) is not None and not isinstance(rule, models.CheckConstraint)
        for rule in model._meta.constraints
    )


def _attname(row: models.Model, name: str) -> str:
    field: Any = row._meta.get_field(name)
    return str(field.attname)
