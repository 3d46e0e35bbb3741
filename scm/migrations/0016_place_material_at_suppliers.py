"""Say, of the demand for subcontractors' material, at which supplier it is and what lies there for it already."""

from django.db import migrations

PLACE = """
UPDATE erp_demand d SET partner_id = o.partner_id,
  placed_quantity = LEAST(
    m.sent_quantity - m.returned_quantity - m.used_quantity - m.lost_quantity,
    GREATEST(0, m.required_quantity - m.used_quantity - m.lost_quantity))
FROM scm_subcontractmaterial m JOIN scm_subcontractorder o ON o.id = m.order_id
WHERE d.source_label = 'scm.subcontractorder' AND d.source_line_id = m.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ("erp", "0052_add_material_at_suppliers"),
        ("scm", "0015_name_material_of_supply"),
    ]

    operations = [migrations.RunSQL(PLACE, migrations.RunSQL.noop)]
