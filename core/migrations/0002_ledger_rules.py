from django.db import migrations

from core.ledgers import APPEND_ONLY_FUNCTION, NEXT_NUMBER_FUNCTION, append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY_FUNCTION, "DROP FUNCTION core_refuse_change()"),
        migrations.RunSQL(NEXT_NUMBER_FUNCTION, "DROP FUNCTION core_next_number(text, text)"),
        migrations.RunSQL(
            "ALTER TABLE core_auditevent ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE core_auditevent DROP COLUMN xid",
        ),
        append_only("core_auditevent"),
    ]
