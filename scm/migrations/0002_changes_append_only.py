from django.db import migrations

from core.ledgers import append_only


class Migration(migrations.Migration):
    dependencies = [("scm", "0001_initial"), ("core", "0002_ledger_rules")]

    operations = [append_only("scm_purchaseorderchange")]
