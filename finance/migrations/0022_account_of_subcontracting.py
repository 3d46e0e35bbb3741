"""Books with the statutory chart have the account of subcontracted processing already: it gets its role."""

from django.db import migrations

SQL = """
INSERT INTO finance_accountmapping (role, account_id, version)
SELECT 'subcontract', id, 0 FROM finance_account a WHERE code = '1408' AND is_active
  AND NOT EXISTS (SELECT 1 FROM finance_account child WHERE child.parent_id = a.id)
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0021_add_subcontracting")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
