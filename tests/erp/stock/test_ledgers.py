"""The stock ledgers are append-only, for the application's login and for the owner."""

import psycopg
import pytest

LEDGERS = ["erp_stockmove", "erp_valueentry"]


@pytest.mark.parametrize("table", LEDGERS)
@pytest.mark.parametrize("statement", ["UPDATE {} SET quantity = 2", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_application_may_not_rewrite_a_ledger(committed, table, statement):
    with psycopg.connect(committed.url) as session, pytest.raises(psycopg.Error) as refusal:
        session.execute(statement.format(table))
    assert refusal.value.sqlstate in {"42501", "23514"}


@pytest.mark.parametrize("table", LEDGERS)
def test_owner_may_not_truncate_a_ledger(committed, table):
    with psycopg.connect(committed.owner_url) as session, pytest.raises(psycopg.errors.CheckViolation) as refusal:
        session.execute(f"TRUNCATE {table} CASCADE")
    assert refusal.value.diag.constraint_name.endswith("_append_only")
