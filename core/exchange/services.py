"""The import wizard's steps: upload, map, rehearse, commit; rows go through the services like everything else."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from core.contributions import ImportTarget, contributions
from core.errors import DomainError, NotFound
from core.exchange.models import ImportRun
from core.exchange.reading import guess_mapping, parse_row, read_table
from core.operations import operation, perform, rehearse

MAX_ERRORS_KEPT = 500


class ColumnNotMapped(DomainError):
    """A required column has no heading in the file."""

    code = "column_not_mapped"
    sentence = _("Say which column of the file holds: %(columns)s.")
    status = 422


class NotChecked(DomainError):
    """The file was not rehearsed since it was mapped."""

    code = "not_checked"
    sentence = _("Check the file first; then import it.")


def target_of(key: str, user: Any) -> ImportTarget:
    """Return the importable kind ``key``, if the user has the right to it.

    Raises:
        NotFound: unknown, or not for this user.
    """
    for one in contributions(ImportTarget, user=user):
        if one.key == key:
            return one
    raise NotFound(model="import", pk=key)


@operation(permission="core.import_data")
def upload_file(*, target: str, upload: Any, actor: Any, at: dt.datetime) -> ImportRun:
    """Keep a file for import and guess which heading means which column.

    Raises:
        NotFound: no such kind of rows for this user.
        UnreadableFile: see reading.read_table.
    """
    kind = target_of(target, actor)
    upload.seek(0)  # read before, when the transaction is tried again
    body = upload.read()
    headings, rows = read_table(body, upload.name)
    run = ImportRun(
        target=target,
        file_name=upload.name[-200:],
        headings=headings,
        mapping=guess_mapping(headings, list(kind.columns)),
        total=len(rows),
        created_by=actor,
        created_at=at,
    )
    run.file.save(f"{get_random_string(24)}.bin", ContentFile(body), save=False)
    run.save()
    return run


@operation(permission="core.import_data")
def map_columns(*, run_id: int, mapping: dict[str, int], actor: Any, at: dt.datetime) -> ImportRun:
    """Set which heading means which column.

    Raises:
        ColumnNotMapped: a required column has no heading.
    """
    run = _own_run(run_id, actor)
    kind = target_of(run.target, actor)
    missing = [str(column.label) for column in kind.columns if column.required and column.name not in mapping]
    if missing:
        raise ColumnNotMapped(columns=missing)
    run.mapping = mapping
    run.state = ImportRun.State.UPLOADED
    run.save(update_fields=["mapping", "state"])
    return run


def _own_run(run_id: int, actor: Any) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(pk=run_id, created_by=actor).first()
    if run is None:
        raise NotFound(model="import", pk=run_id)
    return run


def documents(run: ImportRun, kind: ImportTarget) -> Iterator[tuple[int, dict[str, Any] | DomainError]]:
    """Yield (number of the first row in the file, row dict of one document or the refusal of a cell)."""
    with run.file.open("rb") as file:
        _headings, rows = read_table(file.read(), run.file_name)
    columns = list(kind.columns)
    current_key: Any = None
    current: dict[str, Any] | None = None
    first = 0
    for number, raw in enumerate(rows, start=2):
        try:
            row: dict[str, Any] | DomainError = parse_row(raw, run.mapping, columns)
        except DomainError as refusal:
            row = refusal
        if kind.group is None or isinstance(row, DomainError):
            if current is not None:
                yield first, current
                current = None
            yield number, row
            continue
        key = kind.group(row)
        if current is not None and key == current_key:
            current["rows"].append(row)
            continue
        if current is not None:
            yield first, current
        current_key, current, first = key, row | {"rows": [row]}, number
    if current is not None:
        yield first, current


def cells_of(run: ImportRun, numbers: Collection[int]) -> dict[int, dict[str, str]]:
    """Return {number of a row in the file: {heading: cell as text}} of the rows with these numbers."""
    if not numbers:
        return {}
    with run.file.open("rb") as file:
        headings, rows = read_table(file.read(), run.file_name)
    wanted = set(numbers)
    return {
        number: {heading: "" if cell is None else str(cell) for heading, cell in zip(headings, row, strict=False)}
        for number, row in enumerate(rows, start=2)
        if number in wanted
    }


def check(run: ImportRun, actor: Any) -> ImportRun:
    """Rehearse the whole file in one transaction that is rolled back; errors are kept with their row numbers."""
    kind = target_of(run.target, actor)
    errors, good = [], 0
    with rehearse(actor=actor) as attempt:
        for number, row in documents(run, kind):
            refusal = _try(attempt, kind, row, actor)
            if refusal is None:
                good += 1
            else:
                errors.append({"row": number, "message": str(refusal), "code": refusal.code})
    return perform(_record_check, actor=actor, run_id=run.pk, good=good, errors=errors[:MAX_ERRORS_KEPT])


def _try(attempt: Any, kind: ImportTarget, row: dict[str, Any] | DomainError, actor: Any) -> DomainError | None:
    if isinstance(row, DomainError):
        return row
    try:
        attempt(kind.service, lambda: kind.arguments(row, actor))
    except DomainError as refusal:
        return refusal
    return None


@operation(permission="core.import_data")
def _record_check(*, run_id: int, good: int, errors: list[dict[str, Any]], actor: Any, at: dt.datetime) -> ImportRun:
    run = _own_run(run_id, actor)
    run.good, run.errors, run.state = good, errors, ImportRun.State.CHECKED
    run.save(update_fields=["good", "errors", "state"])
    return run


def commit(run: ImportRun, actor: Any) -> ImportRun:
    """Import every good document, each in a transaction of its own with a key of its own (again does nothing twice).

    Raises:
        NotChecked: the file was not rehearsed since it was mapped.
    """
    if run.state == ImportRun.State.UPLOADED:
        raise NotChecked()
    kind = target_of(run.target, actor)
    done, errors = 0, []
    for number, row in documents(run, kind):
        try:
            if isinstance(row, DomainError):
                raise row
            perform(kind.service, actor=actor, key=f"import:{run.pk}:{number}", **kind.arguments(row, actor))
            done += 1
        except DomainError as refusal:
            errors.append({"row": number, "message": str(refusal), "code": refusal.code})
    return perform(_record_commit, actor=actor, run_id=run.pk, done=done, errors=errors[:MAX_ERRORS_KEPT])


@operation(permission="core.import_data")
def _record_commit(*, run_id: int, done: int, errors: list[dict[str, Any]], actor: Any, at: dt.datetime) -> ImportRun:
    run = _own_run(run_id, actor)
    run.done, run.errors, run.state = done, errors, ImportRun.State.COMMITTED
    run.save(update_fields=["done", "errors", "state"])
    return run
