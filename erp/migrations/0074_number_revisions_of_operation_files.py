"""Files of one name at one operation followed each other before they had revisions: they are counted from 1."""

from django.db import migrations

COUNT = """
UPDATE erp_operationfile AS file SET revision = counted.place
FROM (
    SELECT one.id, row_number() OVER (
        PARTITION BY one.routing_id, one.operation_no, paper.name ORDER BY one.attached_at, one.id
    )::text AS place
    FROM erp_operationfile AS one JOIN core_attachment AS paper ON paper.id = one.attachment_id
) AS counted
WHERE counted.id = file.id AND file.revision = '1' AND counted.place <> '1'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0073_add_revisions_of_operation_files"),
    ]

    operations = [
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
