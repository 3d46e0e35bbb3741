"""What an invariant is, and the pieces their queries share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Invariant:
    """``sql`` returns one row per violation; ``closes`` says whether a violation keeps a period from being closed."""

    code: str
    name: Any
    sql: str
    closes: bool = True


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, with the first rows that show it, as {column: value}."""

    invariant: Invariant
    rows: Sequence[dict[str, Any]]


def account_of(role: str) -> str:
    """Return the query of the accounts that play ``role``."""
    return f"SELECT account_id FROM finance_accountmapping WHERE role = '{role}'"


def control(role: str, sub_ledger: str) -> str:
    """Compare an account with its sub-ledger (a query of the same four columns) by partner and currency."""
    return f"""
        WITH gl AS (
          SELECT partner_id, currency_id, sum(currency_amount) AS in_currency, sum(amount) AS in_base
          FROM finance_journalline WHERE account_id IN ({account_of(role)}) GROUP BY 1, 2
        ), sub AS ({sub_ledger})
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner,
          coalesce(gl.currency_id, sub.currency_id) AS currency,
          coalesce(gl.in_base, 0) AS general_ledger, coalesce(sub.in_base, 0) AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id AND sub.currency_id = gl.currency_id
        WHERE coalesce(gl.in_base, 0) <> coalesce(sub.in_base, 0)
          OR coalesce(gl.in_currency, 0) <> coalesce(sub.in_currency, 0)
    """


def by_partner(role: str, sign: str, rows: str, column: str) -> str:
    """Compare an account with a sub-ledger (the FROM clause of its rows) by partner, in base currency."""
    return f"""
        WITH gl AS (
          SELECT partner_id, {sign}sum(amount) AS total FROM finance_journalline
          WHERE account_id IN ({account_of(role)}) GROUP BY 1
        ), sub AS (SELECT partner_id, sum({column}) AS total {rows} GROUP BY 1)
        SELECT coalesce(gl.partner_id, sub.partner_id) AS partner, gl.total AS general_ledger, sub.total AS sub_ledger
        FROM gl FULL JOIN sub ON sub.partner_id = gl.partner_id
        WHERE coalesce(gl.total, 0) <> coalesce(sub.total, 0)
    """


def total(role: str, sub_ledger: str) -> str:
    """Compare the whole balance of an account with one figure of its sub-ledger."""
    return f"""
        SELECT gl.total AS general_ledger, sub.total AS sub_ledger FROM
          (SELECT coalesce(sum(amount), 0) AS total FROM finance_journalline
           WHERE account_id IN ({account_of(role)})) gl,
          ({sub_ledger}) sub
        WHERE gl.total <> sub.total
    """


def open_invoices(kind: str, sign: str) -> str:
    """Return the sub-ledger query of the open invoices of one side."""
    return f"""
        SELECT partner_id, currency_id, {sign}sum(open_amount) AS in_currency, {sign}sum(open_base_amount) AS in_base
        FROM finance_invoice WHERE state = 'posted' AND kind = '{kind}' GROUP BY 1, 2
    """


def open_bills(side: str, sign: str) -> str:
    """Return the sub-ledger query of the outstanding bills of one side."""
    return f"""
        SELECT partner_id, currency_id, {sign}sum(amount) AS in_currency, {sign}sum(base_amount) AS in_base
        FROM finance_bill WHERE state = 'held' AND side = '{side}' GROUP BY 1, 2
    """


def open_payments(kind: str) -> str:
    """Return the sub-ledger query of the unallocated money of one side."""
    return f"""
        SELECT partner_id, currency_id,
          sum(CASE direction WHEN 'in' THEN -open_amount ELSE open_amount END) AS in_currency,
          sum(CASE direction WHEN 'in' THEN -open_base_amount ELSE open_base_amount END) AS in_base
        FROM finance_payment WHERE state = 'posted' AND kind = '{kind}' GROUP BY 1, 2
    """
