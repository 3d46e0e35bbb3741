"""Bank statements read from files: CSV or XLSX by a mapping of columns, CAMT.053 (ISO 20022) by its elements."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

COLUMNS = ("date", "amount", "money_in", "money_out", "name", "account", "reference", "purpose")
"""What a column of a file may mean; the amount is signed, or money in and out stand apart."""


class UnreadableRow(ValueError):
    """A row whose ``column`` cannot be understood; ``row`` counts from 1 under the headings."""

    def __init__(self, row: int, column: str, value: str) -> None:
        super().__init__(f"{row} {column} {value}")
        self.row, self.column, self.value = row, column, value


@dataclass(frozen=True)
class StatementRow:
    """One movement: ``amount`` is positive when money came in."""

    booked_on: dt.date
    amount: Decimal
    name: str = ""
    account: str = ""
    reference: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Statement:
    """What a file says: its rows, and the balances before and after where it has them."""

    rows: list[StatementRow] = field(default_factory=list)
    reference: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None


def read_rows(rows: Sequence[Sequence[Any]], mapping: Mapping[str, int]) -> Statement:
    """Read the rows of a table by ``mapping`` {meaning: column}; rows without an amount are left out.

    A row without a bank reference gets one that is the same each time the same file is read.

    Raises:
        UnreadableRow: a date or an amount cannot be understood.
    """
    read: list[StatementRow] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, 1):
        values = {name: _cell(cells, place) for name, place in mapping.items()}
        amount = _amount(values, number)
        if not amount:
            continue
        booked_on = read_day(values.get("date"), number)
        texts = {name: str(values.get(name) or "").strip() for name in ("name", "account", "reference", "purpose")}
        if not texts["reference"]:
            print_ = sha256(repr((booked_on, str(amount), *texts.values())).encode()).hexdigest()[:16]
            seen[print_] = seen.get(print_, 0) + 1
            texts["reference"] = f"~{print_}-{seen[print_]}"
        read.append(StatementRow(booked_on, amount, **texts))
    return Statement(rows=read)


def read_camt(body: bytes) -> Statement:
    """Read the first statement of a CAMT.053 document, whatever its version.

    Raises:
        ValueError: it is no well-formed CAMT.053 (or tries what a statement has no business with, such as entities).
    """
    found = _all(fromstring(body), "Stmt")
    if not found:
        raise ValueError("no statement")
    statement = found[0]
    balances = {_text(one, "Tp", "CdOrPrtry", "Cd"): _signed(one) for one in _all(statement, "Bal", deep=False)}
    rows = [row for number, entry in enumerate(_all(statement, "Ntry", deep=False), 1) for row in _entry(entry, number)]
    return Statement(
        rows=rows,
        reference=_text(statement, "Id"),
        opening=balances.get("OPBD", balances.get("PRCD")),
        closing=balances.get("CLBD"),
    )


def _entry(entry: Element, number: int) -> list[StatementRow]:
    amount = _signed(entry)
    day = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm") or _text(entry, "ValDt", "Dt")
    booked_on = read_day(day[:10], number)
    details = _all(entry, "TxDtls")
    own = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    if len(details) < 2:
        return [_row(booked_on, amount, own, details[0] if details else entry, entry)]
    rows = []
    for place, one in enumerate(details, 1):
        part = _text(one, "Amt") or _text(one, "AmtDtls", "TxAmt", "Amt")
        if not part:
            return [_row(booked_on, amount, own, details[0], entry)]
        rows.append(_row(booked_on, Decimal(part).copy_sign(amount), f"{own}/{place}" if own else "", one, entry))
    return rows


def _row(booked_on: dt.date, amount: Decimal, own: str, details: Element, entry: Element) -> StatementRow:
    """The other side is the debtor of money that came in, the creditor of money that went out."""
    side = "Dbtr" if amount > 0 else "Cdtr"
    texts = [one.text or "" for one in _all(details, "Ustrd")] or [_text(entry, "AddtlNtryInf")]
    named = _text(details, "RltdPties", side, "Nm") or _text(details, "RltdPties", side, "Pty", "Nm")
    account = _text(details, "RltdPties", f"{side}Acct", "Id", "IBAN") or _text(
        details, "RltdPties", f"{side}Acct", "Id", "Othr", "Id"
    )
    end_to_end = _text(details, "Refs", "EndToEndId")
    purpose = " ".join(filter(None, [*texts, end_to_end if end_to_end != "NOTPROVIDED" else ""]))
    return StatementRow(
        booked_on=booked_on,
        amount=amount,
        name=named[:120],
        account=account[:40],
        reference=(own or _text(details, "Refs", "AcctSvcrRef") or end_to_end)[:80],
        purpose=purpose[:300],
    )


def _signed(one: Element) -> Decimal:
    amount = Decimal(_text(one, "Amt"))
    return amount if _text(one, "CdtDbtInd") == "CRDT" else -amount


def _local(one: Element) -> str:
    return one.tag.rsplit("}", 1)[-1]


def _all(one: Element, name: str, *, deep: bool = True) -> list[Element]:
    return [child for child in (one.iter() if deep else one) if _local(child) == name and child is not one]


def _text(one: Element, *path: str) -> str:
    here: Element | None = one
    for name in path:
        here = next((child for child in here if _local(child) == name), None) if here is not None else None
    return (here.text or "").strip() if here is not None else ""


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if 0 <= place < len(cells) else None


def _amount(values: Mapping[str, Any], number: int) -> Decimal:
    if "amount" in values:
        return _figure(values["amount"], number, "amount")
    money_in = _figure(values.get("money_in"), number, "money_in")
    return money_in - _figure(values.get("money_out"), number, "money_out")


def _figure(value: Any, number: int, column: str) -> Decimal:
    text = str(value if value is not None else "").strip().replace(",", "").replace("\u00a0", "").replace("¥", "")
    if text in {"", "-", "--"}:
        return Decimal(0)
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise UnreadableRow(number, column, text) from None
    if not figure.is_finite():
        raise UnreadableRow(number, column, text)
    return figure


def read_day(value: Any, number: int) -> dt.date:
    """Return a day as banks write it: ISO, 20260310, 2026/3/10, 10.03.2026.

    Raises:
        UnreadableRow: it is none.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value or "").strip()
    digits = text.replace("/", "-").replace(".", "-").split(" ")[0].split("T")[0]
    if digits.isdigit() and len(digits) == 8:
        digits = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    parts = digits.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        year, month, day = parts if len(parts[0]) == 4 else parts[::-1]
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            pass
    raise UnreadableRow(number, "date", text)
