from django.db import migrations

HOLD_PERIOD = """
CREATE FUNCTION finance_hold_period(name text, day date) RETURNS TABLE(
  id bigint, year smallint, month smallint, d0 date, d1 date, state varchar, version integer,
  module varchar, module_state varchar
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF name <> '' THEN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(name, 7));
  END IF;
  -- a statement of its own: it sees what a close has committed while the lock was waited for
  RETURN QUERY SELECT p.id, p.year, p.month, p.d0, p.d1, p.state, p.version, m.module, m.state
    FROM finance_fiscalperiod p JOIN finance_moduleperiod m ON m.period_id = p.id WHERE day BETWEEN p.d0 AND p.d1;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0030_split_bills")]

    operations = [migrations.RunSQL(HOLD_PERIOD, "DROP FUNCTION finance_hold_period(text, date)")]
