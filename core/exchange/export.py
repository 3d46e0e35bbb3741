"""The one writer of exports: typed numbers, neutralised formulas, CSV or XLSX."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.exchange.columns import FORMULA_STARTS

MAX_ROWS = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooManyRows(DomainError):
    code = "too_many_rows"
    sentence = _("The list has %(rows)s rows; at most %(limit)s are exported at once. Narrow it down with a filter.")


class UnknownExport(DomainError):
    code = "unknown_export"
    sentence = _("There is no export of the kind %(kind)s; choose CSV or XLSX.")
    status = 422


def safe_cell(value: Any) -> Any:
    """Return ``value`` as a spreadsheet cell: numbers and dates typed, text that starts like a formula quoted."""
    if value is None:
        return ""
    if isinstance(value, bool | int | Decimal):
        return value
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, dt.date):
        return value
    text = strip_tags(force_str(value)).strip()
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def export_table(
    table: Any, *, name: str, kind: str, title: str
) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """Answer the rows of a django-tables2 table as a file; the columns are those the user sees.

    Raises:
        TooManyRows: more than MAX_ROWS rows.
        UnknownExport: ``kind`` is neither csv nor xlsx.
    """
    if kind not in {"csv", "xlsx"}:
        raise UnknownExport(kind=kind)
    rows = len(table.rows)
    if rows > MAX_ROWS:
        raise TooManyRows(rows=rows, limit=MAX_ROWS)
    hidden = [column.name for column in table.columns.iterall() if not column.visible]
    values = ([safe_cell(cell) for cell in row] for row in table.as_values(exclude_columns=hidden))
    return as_csv(values, name) if kind == "csv" else as_xlsx(values, name, title)


def as_csv(rows: Iterable[list[Any]], name: str) -> StreamingHttpResponse:
    """Stream ``rows`` as UTF-8 CSV with a byte-order mark, which spreadsheets need to read Chinese."""
    response = StreamingHttpResponse(_csv_lines(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def as_xlsx(rows: Iterable[list[Any]], name: str, title: str) -> FileResponse:
    """Write ``rows`` (the first one is the header) to a workbook with typed cells and a frozen, filtered header."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    width = count = 0
    for count, row in enumerate(rows):
        width = max(width, len(row))
        for column, cell in enumerate(row):
            if count == 0:
                sheet.write_string(0, column, str(cell), bold)
            elif isinstance(cell, dt.datetime):
                sheet.write_datetime(count, column, cell, moment)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(count, column, dt.datetime.combine(cell, dt.time()), day)
            elif isinstance(cell, bool):
                sheet.write_boolean(count, column, cell)
            elif isinstance(cell, int | Decimal):
                sheet.write_number(count, column, cell)
            else:
                sheet.write_string(count, column, str(cell))
    if width:
        sheet.autofilter(0, 0, count, width - 1)
        sheet.set_column(0, width - 1, 16)
    book.close()
    buffer.seek(0)
    return FileResponse(buffer, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _sheet_name(title: str) -> str:
    cleaned = "".join(char for char in title if char not in "[]:*?/\\'")
    return cleaned[:31] or "Sheet"
