"""Reading uploaded tables: XLSX by calamine, CSV in UTF-8 or GB18030, within limits that are checked first."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import DomainError
from core.exchange.columns import FORMULA_STARTS, Column

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 20_000
TRUE = frozenset({"1", "yes", "y", "true", "是", "√"})
FALSE = frozenset({"0", "no", "n", "false", "否", ""})


class UnreadableFile(DomainError):
    code = "unreadable_file"
    sentence = _("%(name)s cannot be read: %(why)s")
    status = 422


class BadCell(DomainError):
    code = "bad_cell"
    sentence = _("%(column)s: “%(value)s” is not %(kind)s.")
    status = 422


class MissingCell(DomainError):
    code = "missing_cell"
    sentence = _("%(column)s is empty; it is required.")
    status = 422


def read_table(body: bytes, name: str) -> tuple[list[str], list[list[Any]]]:
    """Return (headings, rows) of the first sheet.

    Raises:
        UnreadableFile: wrong kind, too large, too many rows, damaged, or no heading row.
    """
    if not body:
        raise UnreadableFile(name=name, why=_("the file is empty."))
    if len(body) > MAX_BYTES:
        raise UnreadableFile(name=name, why=_("it is larger than 10 MB."))
    ending = name.rsplit(".", 1)[-1].lower()
    if ending == "xlsx":
        rows = _read_xlsx(body, name)
    elif ending in {"csv", "txt"}:
        rows = _read_csv(body, name)
    else:
        raise UnreadableFile(name=name, why=_("only XLSX and CSV files are imported."))
    rows = [row for row in rows if any(cell not in ("", None) for cell in row)]
    if not rows:
        raise UnreadableFile(name=name, why=_("it has no rows."))
    if len(rows) > MAX_ROWS + 1:
        raise UnreadableFile(name=name, why=_("it has more than 20,000 rows."))
    return [str(cell).strip() for cell in rows[0]], rows[1:]


def _read_xlsx(body: bytes, name: str) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise UnreadableFile(name=name, why=_("it unpacks to more than 200 MB."))
        return CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError) as error:
        raise UnreadableFile(name=name, why=_("it is not a workbook, or it is damaged.")) from error


def _read_csv(body: bytes, name: str) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        sample = text[:4096]
        separator = max((",", ";", "\t"), key=sample.count)
        return [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]
    raise UnreadableFile(name=name, why=_("its text is neither UTF-8 nor GB18030."))


def guess_mapping(headings: list[str], columns: list[Column]) -> dict[str, int]:
    """Return {column name: index of the heading that means it}; names, labels and aliases are compared."""
    seen = {
        heading.strip().rstrip("*").strip().lower(): index for index, heading in reversed(list(enumerate(headings)))
    }
    found = {}
    for column in columns:
        for word in (column.name, str(column.label), *column.aliases):
            index = seen.get(str(word).strip().lower())
            if index is not None:
                found[column.name] = index
                break
    return found


def parse_row(row: list[Any], mapping: dict[str, int], columns: list[Column]) -> dict[str, Any]:
    """Return {column name: value of its kind or None}.

    Raises:
        BadCell, MissingCell: the first cell that cannot be used.
    """
    values = {}
    for column in columns:
        index = mapping.get(column.name)
        cell = row[index] if index is not None and index < len(row) else None
        value = parse_cell(cell, column)
        if value in (None, "") and column.required:
            raise MissingCell(column=column.label, field=column.name)
        values[column.name] = value
    return values


def parse_cell(cell: Any, column: Column) -> Any:
    """Return one cell as its column's kind; empty is None.

    Raises:
        BadCell: it cannot be read as that.
    """
    text = _as_text(cell)
    if text == "":
        return None
    try:
        return _PARSERS[column.kind](cell, text)
    except (ValueError, InvalidOperation, ArithmeticError) as error:
        raise BadCell(column=column.label, value=text[:60], kind=_KINDS[column.kind], field=column.name) from error


def _as_text(cell: Any) -> str:
    """Return what stands in a cell; text that an export has quoted as it starts like a formula is as it was."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _decimal(cell: Any, text: str) -> Decimal:
    number = Decimal(text.replace(",", "").replace("\u00a0", ""))
    if not number.is_finite():
        raise ValueError(text)
    return number


def _integer(cell: Any, text: str) -> int:
    number = _decimal(cell, text)
    if number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def _date(cell: Any, text: str) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    parsed = parse_date(text.replace("/", "-").replace(".", "-"))
    if parsed is None:
        raise ValueError(text)
    return parsed


def _boolean(cell: Any, text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError(text)


_PARSERS = {
    "text": lambda cell, text: text,
    "decimal": _decimal,
    "integer": _integer,
    "date": _date,
    "boolean": _boolean,
}
_KINDS = {
    "text": _("text"),
    "decimal": _("a number"),
    "integer": _("a whole number"),
    "date": _("a date (2026-11-30)"),
    "boolean": _("yes or no"),
}
