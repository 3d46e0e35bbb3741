from django.db import migrations

SLOTS = range(4)

ROWS = """
ALTER TABLE erp_plannedorder RENAME TO erp_plannedrow;
ALTER INDEX erp_plannedorder_start RENAME TO erp_plannedrow_start;
ALTER TABLE erp_plannedrow ALTER COLUMN sequence TYPE integer;
"""

ROWS_BACK = """
ALTER TABLE erp_plannedrow ALTER COLUMN sequence TYPE smallint;
ALTER INDEX erp_plannedrow_start RENAME TO erp_plannedorder_start;
ALTER TABLE erp_plannedrow RENAME TO erp_plannedorder;
"""

SLOT = "ALTER TABLE erp_plannedorder_{0} RENAME TO erp_plannedrow_{0};"
SLOT_BACK = "ALTER TABLE erp_plannedrow_{0} RENAME TO erp_plannedorder_{0};"

SERIES = """
CREATE TABLE erp_plannedseries (
  slot smallint NOT NULL CHECK (slot BETWEEN 0 AND 3),
  item_id bigint NOT NULL,
  supply_type varchar(12) NOT NULL,
  digest bigint,
  due date[] NOT NULL,
  quantity bigint[] NOT NULL,
  detail bigint[] NOT NULL,
  demand bigint[] NOT NULL,
  PRIMARY KEY (slot, item_id)
) PARTITION BY LIST (slot);
COMMENT ON TABLE erp_plannedseries IS 'One item of a plan: its planned orders beyond the near horizon, in order.';
COMMENT ON COLUMN erp_plannedseries.digest IS 'Of all its orders, near ones too; null: an order was taken out.';
COMMENT ON COLUMN erp_plannedseries.quantity IS 'In millionths of the stock unit.';
COMMENT ON COLUMN erp_plannedseries.detail IS
  'Bits 0-13 days from start to due, 14-26 need - due + 4096, 27-40 finish - due, 41-47 flags, 48 more demands, 49- sequence.';
COMMENT ON COLUMN erp_plannedseries.demand IS 'The first demand an order is for, 0: none.';
"""

SERIES_SLOT = "CREATE TABLE erp_plannedseries_{0} PARTITION OF erp_plannedseries FOR VALUES IN ({0});"

VIEW = """
CREATE VIEW erp_plannedorder AS
SELECT slot, item_id, due_date, sequence, start_date, need_date, finish_date, quantity, supply_type, flags,
       more_demands, demands, true AS is_near
FROM erp_plannedrow
UNION ALL
SELECT s.slot, s.item_id, f.due, (f.detail >> 49)::integer, f.due - (f.detail & 16383)::integer,
       f.due + ((f.detail >> 14) & 8191)::integer - 4096, f.due + ((f.detail >> 27) & 16383)::integer,
       (f.quantity / 1000000.0)::numeric(18, 6),
       CASE WHEN (f.detail >> 41) & 32 = 0 THEN s.supply_type ELSE 'phantom' END, ((f.detail >> 41) & 127)::smallint,
       ((f.detail >> 48) & 1) = 1, CASE WHEN f.demand = 0 THEN '{}'::bigint[] ELSE ARRAY[f.demand] END, false
FROM erp_plannedseries s
CROSS JOIN LATERAL unnest(s.due, s.quantity, s.detail, s.demand) AS f (due, quantity, detail, demand);
"""

GRANT = """
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'concord_app') AND current_user <> 'concord_app' THEN
    GRANT TRUNCATE ON erp_plannedseries_0, erp_plannedseries_1, erp_plannedseries_2, erp_plannedseries_3
      TO concord_app;
    IF current_setting('server_version_num')::int >= 170000 THEN  -- older servers leave ANALYZE to autovacuum
      GRANT MAINTAIN ON erp_plannedseries_0, erp_plannedseries_1, erp_plannedseries_2, erp_plannedseries_3
        TO concord_app;
    END IF;
  END IF;
END $$;
"""


def each(sql: str) -> str:
    return "".join(sql.format(slot) for slot in SLOTS)


class Migration(migrations.Migration):
    dependencies = [("erp", "0036_add_plan_series")]

    operations = [
        migrations.RunSQL(ROWS, ROWS_BACK),
        migrations.RunSQL(each(SLOT), each(SLOT_BACK)),
        migrations.RunSQL(SERIES, "DROP TABLE erp_plannedseries"),
        migrations.RunSQL(each(SERIES_SLOT), migrations.RunSQL.noop),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
        migrations.RunSQL(VIEW, "DROP VIEW erp_plannedorder"),
    ]
