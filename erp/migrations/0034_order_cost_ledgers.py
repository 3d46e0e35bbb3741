from django.db import migrations

from core.ledgers import append_only


class Migration(migrations.Migration):
    dependencies = [("erp", "0033_add_order_costs"), ("core", "0002_ledger_rules")]

    operations = [append_only("erp_orderbaseline"), append_only("erp_absorbedcost")]
