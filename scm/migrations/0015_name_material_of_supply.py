"""Name, of goods expected from subcontractors, the order whose demand is their material."""

from django.db import migrations

NAME = """
UPDATE erp_supply s SET material_source_id = o.id
FROM scm_subcontractorder o
WHERE s.source_label = 'scm.purchaseorder' AND s.source_id = o.purchase_order_id AND s.material_source_id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ("erp", "0051_add_material_of_supply"),
        ("scm", "0014_make_for_one_order"),
    ]

    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
