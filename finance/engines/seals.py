"""The seal of a voucher: SHA-256 over the seal before it and the voucher's own text.

The text of version 1 is a JSON array of header, lines and entries; the database computes the same
(``finance_voucher_text``), so that two programs vouch for each other.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

VERSION = 1


def voucher_text(header: Sequence[Any], lines: Sequence[Sequence[Any]], entries: Sequence[int]) -> str:
    """Return the text that is sealed.

    header   series, year, month, number, ISO date, total, attachments, keys of preparer, reviewer and poster.
    lines    number, summary, account, amount, currency, amount in currency, partner, department, project, item group,
             in their order. Amounts are text with four decimals; ``entries`` are keys in ascending order.
    """
    rows = [list(line) for line in lines]
    return json.dumps([VERSION, *header, rows, sorted(entries)], ensure_ascii=False)


def seal(previous: str, text: str) -> str:
    """Return the seal of a voucher that follows ``previous`` (empty for the first of a series)."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
