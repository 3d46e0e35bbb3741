"""Charges of landed costs that were posted before get their row; their account takes no typed line any more."""

from django.db import migrations

SQL = """
INSERT INTO finance_accruedcharge
  (charge_id, landed_cost_id, partner_id, currency_id, accrued_date, amount, accrued_amount, invoiced_quantity,
   invoiced_amount)
SELECT charge.id, cost.id, cost.partner_id, cost.currency_id, cost.document_date, charge.amount, charge.base_amount, 0, 0
FROM scm_landedcostcharge charge JOIN scm_landedcost cost ON cost.id = charge.landed_cost_id
WHERE cost.state = 'posted' ON CONFLICT DO NOTHING;
UPDATE finance_account SET is_control = true
WHERE id IN (SELECT account_id FROM finance_accountmapping WHERE role = 'landed_cost')
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0027_accrue_charges"), ("scm", "0010_invoice_charges")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
