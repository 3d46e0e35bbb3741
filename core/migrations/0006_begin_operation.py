from django.db import migrations

from core.ledgers import BEGIN_OPERATION_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("core", "0005_add_gs1_prefix")]

    operations = [
        migrations.RunSQL(BEGIN_OPERATION_FUNCTION, "DROP FUNCTION core_begin_operation(text, text, bigint, text)")
    ]
