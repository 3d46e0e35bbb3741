from django.db import migrations

from core.ledgers import append_only


class Migration(migrations.Migration):
    dependencies = [("erp", "0007_cost_layers"), ("core", "0002_ledger_rules")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE erp_layeruse ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE erp_layeruse DROP COLUMN xid",
        ),
        append_only("erp_layeruse"),
    ]
