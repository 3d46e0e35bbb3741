from django.db import migrations

BEGUN = """
UPDATE erp_supply s SET is_begun = true
FROM scm_purchaseorderline l
WHERE s.source_label = 'scm.purchaseorder' AND s.source_line_id = l.id AND (
    l.received_quantity > 0
    OR EXISTS (
        SELECT FROM scm_subcontractorder o JOIN scm_subcontractmaterial m ON m.order_id = o.id
        WHERE o.purchase_order_id = l.order_id AND m.sent_quantity > m.returned_quantity
    )
)
"""
"""What `report_order_supply` says from now on of orders that were reported before."""


class Migration(migrations.Migration):

    dependencies = [
        ('erp', '0061_supply_begun'),
        ('scm', '0018_rejected_with_a_receipt'),
    ]

    operations = [migrations.RunSQL(BEGUN, migrations.RunSQL.noop)]
