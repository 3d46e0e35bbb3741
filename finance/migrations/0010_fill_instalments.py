from django.db import migrations

# the base amount open on an invoice over its instalments; the last open one takes what rounding leaves
FILL = """
WITH part AS (
  SELECT one.id, invoice.kind, invoice.partner_id, invoice.open_base_amount AS total, one.open_amount,
    CASE WHEN invoice.open_amount = 0 THEN 0
      ELSE round(one.open_amount * invoice.open_base_amount / invoice.open_amount, company.base_decimals) END AS share,
    row_number() OVER (PARTITION BY one.invoice_id ORDER BY one.open_amount = 0, one.line_no DESC) AS place,
    one.invoice_id
  FROM finance_invoiceinstalment one
  JOIN finance_invoice invoice ON invoice.id = one.invoice_id
  CROSS JOIN core_company company
), shared AS (
  SELECT part.*, sum(share) OVER (PARTITION BY invoice_id) AS shares FROM part
)
UPDATE finance_invoiceinstalment one
SET kind = shared.kind, partner_id = shared.partner_id,
  open_base_amount = shared.share + CASE WHEN shared.place = 1 THEN shared.total - shared.shares ELSE 0 END
FROM shared WHERE shared.id = one.id
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0009_add_settlement_parts")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
