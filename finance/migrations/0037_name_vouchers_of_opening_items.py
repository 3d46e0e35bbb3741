"""Tell open items which opening voucher entered them: the one that names them and was posted in the same moment."""

from django.db import migrations

FILL = """
UPDATE finance_invoice item SET opening_entry_id = entry.source_id
FROM finance_journalentry entry
WHERE item.is_opening AND item.opening_entry_id IS NULL
  AND entry.source_label = 'finance.manualentry' AND entry.event = 'opening' AND entry.reverses_id IS NULL
  AND entry.created_at = item.created_at
  AND NOT EXISTS (SELECT 1 FROM finance_journalentry undone WHERE undone.reverses_id = entry.id)
  AND EXISTS (SELECT 1 FROM finance_manualentryline line WHERE line.document_id = entry.source_id
    AND line.partner_id = item.partner_id AND line.reference = item.supplier_reference)
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0036_let_opening_items_be_taken_back")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
