from django.db import migrations

from core.ledgers import append_only

SLOTS = range(4)

CREATE = """
CREATE TABLE erp_plannedorder (
  slot smallint NOT NULL CHECK (slot BETWEEN 0 AND 3),
  item_id bigint NOT NULL,
  due_date date NOT NULL,
  sequence smallint NOT NULL,
  start_date date NOT NULL,
  need_date date NOT NULL,
  finish_date date NOT NULL,
  quantity numeric(18,6) NOT NULL CHECK (quantity > 0),
  supply_type varchar(12) NOT NULL,
  flags smallint NOT NULL,
  more_demands boolean NOT NULL,
  demands bigint[] NOT NULL,
  PRIMARY KEY (slot, item_id, due_date, sequence)
) PARTITION BY LIST (slot);
CREATE INDEX erp_plannedorder_start ON erp_plannedorder (slot, start_date);
"""

SLOT = "CREATE TABLE erp_plannedorder_{0} PARTITION OF erp_plannedorder FOR VALUES IN ({0});"

GRANT = """
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'concord_app') AND current_user <> 'concord_app' THEN
    GRANT TRUNCATE ON erp_plannedorder_0, erp_plannedorder_1, erp_plannedorder_2, erp_plannedorder_3 TO concord_app;
    IF current_setting('server_version_num')::int >= 170000 THEN  -- older servers leave ANALYZE to autovacuum
      GRANT MAINTAIN ON erp_plannedorder_0, erp_plannedorder_1, erp_plannedorder_2, erp_plannedorder_3 TO concord_app;
    END IF;
  END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("erp", "0003_make")]

    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE erp_plannedorder"),
        migrations.RunSQL("".join(SLOT.format(slot) for slot in SLOTS), migrations.RunSQL.noop),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
        append_only("erp_productionreport"),
        append_only("erp_productionreceipt"),
    ]
