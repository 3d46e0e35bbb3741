from django.db import migrations

from core.ledgers import append_only


def written_by(table: str) -> migrations.RunSQL:
    """The transaction that wrote a row, so that ledgers written together can be told."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
        f"ALTER TABLE {table} DROP COLUMN xid",
    )


class Migration(migrations.Migration):
    dependencies = [("erp", "0001_stock"), ("core", "0002_ledger_rules")]

    operations = [
        written_by("erp_stockmove"),
        append_only("erp_stockmove"),
        written_by("erp_valueentry"),
        append_only("erp_valueentry"),
    ]
