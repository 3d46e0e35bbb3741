"""Machine cost and overhead are absorbed on the account of absorbed labour where a company has no other yet."""

from django.db import migrations

SQL = """
INSERT INTO finance_accountmapping (role, account_id, category_id, version)
SELECT fresh.role, account_id, category_id, 0
FROM finance_accountmapping labour CROSS JOIN (VALUES ('machine_absorbed'), ('overhead_absorbed')) fresh(role)
WHERE labour.role = 'labour_absorbed' ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0025_add_absorption")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
