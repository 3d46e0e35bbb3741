from django.db import migrations

# The stock there is gets its layers as if they had been kept from the first day: receipts and issues of an item are laid
# out as intervals of its cumulated quantities, in posting order; where they overlap, the issue used the layer.
LAYERS = """
INSERT INTO erp_costlayer (item_id, move_id, received_on, quantity, remaining_quantity, remaining_value)
SELECT entry.item_id, entry.move_id, entry.booked_on, entry.quantity, entry.quantity, NULL
FROM erp_valueentry entry WHERE entry.quantity > 0 AND entry.move_id IS NOT NULL ORDER BY entry.id
ON CONFLICT (move_id) DO NOTHING
"""

USES = """
WITH received AS (
  SELECT layer.id, layer.item_id, upto - layer.quantity AS since, upto
  FROM (SELECT l.*, sum(quantity) OVER (PARTITION BY item_id ORDER BY move_id) AS upto FROM erp_costlayer l) layer
), issued AS (
  SELECT one.id, one.move_id, one.item_id, -one.amount AS amount, -one.quantity AS quantity,
    upto + one.quantity AS since, upto
  FROM (SELECT e.*, sum(-quantity) OVER (PARTITION BY item_id ORDER BY move_id) AS upto FROM erp_valueentry e
        WHERE quantity < 0 AND move_id IS NOT NULL) one
), used AS (
  SELECT received.id AS layer_id, issued.move_id, issued.id AS entry_id, issued.amount, issued.quantity AS total,
    least(received.upto, issued.upto) AS upto, issued.since,
    least(received.upto, issued.upto) - greatest(received.since, issued.since) AS quantity
  FROM issued JOIN received ON received.item_id = issued.item_id
    AND received.since < issued.upto AND issued.since < received.upto
)
INSERT INTO erp_layeruse (layer_id, move_id, entry_id, quantity, amount)
SELECT layer_id, move_id, entry_id, quantity,
  round(amount * (upto - since) / total, 4) - round(amount * (upto - since - quantity) / total, 4)
FROM used WHERE NOT EXISTS (SELECT 1 FROM erp_layeruse) ORDER BY entry_id, layer_id
"""

REMAINING = """
UPDATE erp_costlayer layer SET remaining_quantity = layer.quantity - used.quantity
FROM (SELECT layer_id, sum(quantity) AS quantity FROM erp_layeruse GROUP BY 1) used WHERE used.layer_id = layer.id
"""


class Migration(migrations.Migration):
    dependencies = [("erp", "0008_layer_ledger")]

    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (LAYERS, USES, REMAINING)]
