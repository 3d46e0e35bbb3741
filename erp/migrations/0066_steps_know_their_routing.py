"""Steps of open orders point to the revision they were copied from: the one released for the day the order starts."""

from django.db import migrations

FILL = """
UPDATE erp_workorderoperation step SET routing_id = routing.id
FROM erp_workorder work, erp_routing routing
WHERE step.work_order_id = work.id AND step.routing_id IS NULL
  AND work.kind = 'standard' AND work.state IN ('draft', 'released', 'in_progress')
  AND routing.item_id = work.item_id AND routing.state = 'released'
  AND routing.valid_from <= work.start_date AND (routing.valid_to IS NULL OR routing.valid_to > work.start_date)
  AND EXISTS (
    SELECT 1 FROM erp_routingoperation one
    WHERE one.routing_id = routing.id AND one.number = step.number AND one.name = step.name
  )
"""


class Migration(migrations.Migration):
    dependencies = [("erp", "0065_add_files_of_operations")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
