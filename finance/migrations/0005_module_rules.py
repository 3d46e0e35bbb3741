"""What the database itself keeps of modules, dimensions and journals; existing periods, accounts and entries get theirs."""

from django.db import migrations

from core.ledgers import append_only

FILL = """
INSERT INTO finance_moduleperiod (period_id, module, state, version)
SELECT period.id, module.name, period.state, 0
FROM finance_fiscalperiod period, (VALUES ('stock'), ('production'), ('receivables')) AS module (name)
WHERE NOT EXISTS (SELECT 1 FROM finance_moduleperiod known WHERE known.period_id = period.id AND known.module = module.name);

UPDATE finance_account SET direction = 'credit'
WHERE kind IN ('liability', 'equity', 'revenue') OR name LIKE 'Accumulated%';

ALTER TABLE finance_journalentry DISABLE TRIGGER finance_journalentry_append_only;
UPDATE finance_journalentry SET journal = CASE
  WHEN event = 'stock' THEN 'stock'
  WHEN event IN ('labour', 'closed') THEN 'production'
  WHEN event = 'payment' THEN 'bank'
  WHEN event = 'manual' THEN 'general'
  WHEN source_label LIKE 'scm.%' THEN 'purchase'
  WHEN source_label = 'finance.invoice'
    AND source_id IN (SELECT id FROM finance_invoice WHERE kind = 'supplier') THEN 'purchase'
  ELSE 'sales' END
WHERE journal = 'general' AND event <> 'manual';
ALTER TABLE finance_journalentry ENABLE TRIGGER finance_journalentry_append_only;
"""

MOMENT = """
CREATE FUNCTION finance_stamp_period_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.happened_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER finance_periodevent_moment BEFORE INSERT ON finance_periodevent
  FOR EACH ROW EXECUTE FUNCTION finance_stamp_period_event();
"""

MOMENT_BACK = """
DROP TRIGGER finance_periodevent_moment ON finance_periodevent;
DROP FUNCTION finance_stamp_period_event();
"""

ENTRY_RULES = """
CREATE OR REPLACE FUNCTION finance_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE span record;
BEGIN
  NEW.posted_at := clock_timestamp();
  SELECT period.d0, period.d1, period.state, part.state AS part INTO span
  FROM finance_fiscalperiod period
  LEFT JOIN finance_moduleperiod part ON part.period_id = period.id AND part.module = CASE
    WHEN NEW.journal IN ('stock', 'production') THEN NEW.journal
    WHEN NEW.journal IN ('sales', 'purchase', 'bank') THEN 'receivables' END
  WHERE period.id = NEW.period_id;
  IF span.state = 'closed' OR span.part = 'closed' THEN
    RAISE EXCEPTION 'the period of entry % is closed', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_entry_period_open';
  END IF;
  IF NEW.entry_date < span.d0 OR NEW.entry_date > span.d1 THEN
    RAISE EXCEPTION 'entry % is dated outside its period', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_entry_in_period';
  END IF;
  IF NEW.reverses_id IS NULL AND NEW.round > 1 AND NOT EXISTS (
    SELECT 1 FROM finance_journalentry first JOIN finance_journalentry undone ON undone.reverses_id = first.id
    WHERE first.source_label = NEW.source_label AND first.source_id = NEW.source_id AND first.event = NEW.event
      AND first.event_ref = NEW.event_ref
      AND first.reverses_id IS NULL AND first.round = NEW.round - 1
  ) THEN
    RAISE EXCEPTION 'event % of % % is live already', NEW.event, NEW.source_label, NEW.source_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_entry_one_live';
  END IF;
  RETURN NEW;
END $$;
"""

LINE_RULES = """
CREATE OR REPLACE FUNCTION finance_check_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last integer; head record;
BEGIN
  SELECT xid, event, reverses_id INTO head FROM finance_journalentry WHERE id = NEW.entry_id;
  IF head.xid <> pg_current_xact_id() THEN
    RAISE EXCEPTION 'entry % was posted before: no line can be added', NEW.entry_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_line_with_its_entry';
  END IF;
  IF head.event IN ('manual', 'opening') AND head.reverses_id IS NULL
    AND (SELECT is_control FROM finance_account WHERE id = NEW.account_id) THEN
    RAISE EXCEPTION 'account % is the total of a sub-ledger: no typed line', NEW.account_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_line_not_on_control';
  END IF;
  IF NEW.item_category_id IS NULL AND NEW.item_id IS NOT NULL THEN
    SELECT category_id INTO NEW.item_category_id FROM masterdata_item WHERE id = NEW.item_id;
  END IF;
  SELECT max(line_no) INTO last FROM finance_journalline WHERE entry_id = NEW.entry_id;
  IF NEW.line_no <> coalesce(last, 0) + 1 THEN
    RAISE EXCEPTION 'lines of entry % are numbered without gaps', NEW.entry_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_line_in_turn';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0004_add_dimensions_and_modules")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(MOMENT, MOMENT_BACK),
        migrations.RunSQL(ENTRY_RULES, migrations.RunSQL.noop),
        migrations.RunSQL(LINE_RULES, migrations.RunSQL.noop),
        append_only("finance_periodevent"),
        append_only("finance_closingbalance"),
    ]
