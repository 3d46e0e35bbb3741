from django.db import migrations

from core.ledgers import append_only


class Migration(migrations.Migration):
    dependencies = [("erp", "0026_add_subcontracting"), ("core", "0002_ledger_rules")]

    operations = [append_only("erp_subcontractuse")]
