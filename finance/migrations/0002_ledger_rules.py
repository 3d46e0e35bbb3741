from django.db import migrations

from core.ledgers import append_only

ENTRY_RULES = """
ALTER TABLE finance_journalentry ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION finance_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE span record;
BEGIN
  NEW.posted_at := clock_timestamp();
  SELECT d0, d1, state INTO span FROM finance_fiscalperiod WHERE id = NEW.period_id;
  IF span.state <> 'open' THEN
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
CREATE TRIGGER finance_journalentry_rules BEFORE INSERT ON finance_journalentry
  FOR EACH ROW EXECUTE FUNCTION finance_check_entry();

CREATE FUNCTION finance_check_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last integer;
BEGIN
  IF (SELECT xid FROM finance_journalentry WHERE id = NEW.entry_id) <> pg_current_xact_id() THEN
    RAISE EXCEPTION 'entry % was posted before: no line can be added', NEW.entry_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_line_with_its_entry';
  END IF;
  SELECT max(line_no) INTO last FROM finance_journalline WHERE entry_id = NEW.entry_id;
  IF NEW.line_no <> coalesce(last, 0) + 1 THEN
    RAISE EXCEPTION 'lines of entry % are numbered without gaps', NEW.entry_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_line_in_turn';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER finance_journalline_rules BEFORE INSERT ON finance_journalline
  FOR EACH ROW EXECUTE FUNCTION finance_check_line();
"""

ENTRY_RULES_BACK = """
DROP TRIGGER finance_journalline_rules ON finance_journalline;
DROP FUNCTION finance_check_line();
DROP TRIGGER finance_journalentry_rules ON finance_journalentry;
DROP FUNCTION finance_check_entry();
ALTER TABLE finance_journalentry DROP COLUMN xid;
"""

BALANCE = """
CREATE FUNCTION finance_require_balance(entry bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE total numeric; lines integer;
BEGIN
  SELECT coalesce(sum(amount), 0), count(*) INTO total, lines FROM finance_journalline WHERE entry_id = entry;
  IF lines < 2 THEN
    RAISE EXCEPTION 'entry % has % lines', entry, lines
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_entry_has_lines';
  END IF;
  IF total <> 0 THEN
    RAISE EXCEPTION 'entry % is out of balance by %', entry, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_entry_balanced';
  END IF;
END $$;

CREATE FUNCTION finance_balance_of_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM finance_require_balance(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER finance_journalentry_balanced AFTER INSERT ON finance_journalentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION finance_balance_of_entry();

-- fires for each line, sums only once: on the last one (lines are numbered without gaps)
CREATE FUNCTION finance_balance_of_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.line_no = (SELECT max(line_no) FROM finance_journalline WHERE entry_id = NEW.entry_id) THEN
    PERFORM finance_require_balance(NEW.entry_id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER finance_journalline_balanced AFTER INSERT ON finance_journalline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION finance_balance_of_line();
"""

BALANCE_BACK = """
DROP TRIGGER finance_journalline_balanced ON finance_journalline;
DROP FUNCTION finance_balance_of_line();
DROP TRIGGER finance_journalentry_balanced ON finance_journalentry;
DROP FUNCTION finance_balance_of_entry();
DROP FUNCTION finance_require_balance(bigint);
"""

POSTED_INVOICES = """
CREATE FUNCTION finance_keep_posted_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'draft' AND TG_OP = 'UPDATE' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR NEW.state <> OLD.state
    OR (OLD.legal_number <> '' AND NEW.legal_number <> OLD.legal_number)
    OR (NEW.kind, NEW.is_credit, NEW.partner_id, NEW.currency_id, NEW.document_date, NEW.exchange_rate, NEW.net_amount,
        NEW.tax_amount, NEW.gross_amount, NEW.base_net_amount, NEW.base_tax_amount, NEW.base_gross_amount)
    <> (OLD.kind, OLD.is_credit, OLD.partner_id, OLD.currency_id, OLD.document_date, OLD.exchange_rate, OLD.net_amount,
        OLD.tax_amount, OLD.gross_amount, OLD.base_net_amount, OLD.base_tax_amount, OLD.base_gross_amount)
  THEN
    RAISE EXCEPTION 'invoice % is no draft: % refused', OLD.id, TG_OP
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_invoice_kept';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER finance_invoice_kept BEFORE UPDATE OR DELETE ON finance_invoice
  FOR EACH ROW EXECUTE FUNCTION finance_keep_posted_invoice();

CREATE FUNCTION finance_keep_posted_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM finance_invoice WHERE state <> 'draft'
             AND id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END)) THEN
    RAISE EXCEPTION 'lines of an invoice that is no draft stay as they are: % refused', TG_OP
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_invoiceline_kept';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER finance_invoiceline_kept BEFORE INSERT OR UPDATE OR DELETE ON finance_invoiceline
  FOR EACH ROW EXECUTE FUNCTION finance_keep_posted_lines();
"""

POSTED_INVOICES_BACK = """
DROP TRIGGER finance_invoiceline_kept ON finance_invoiceline;
DROP FUNCTION finance_keep_posted_lines();
DROP TRIGGER finance_invoice_kept ON finance_invoice;
DROP FUNCTION finance_keep_posted_invoice();
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial")]

    operations = [
        migrations.RunSQL(ENTRY_RULES, ENTRY_RULES_BACK),
        migrations.RunSQL(BALANCE, BALANCE_BACK),
        append_only("finance_journalentry"),
        append_only("finance_journalline"),
        append_only("finance_allocation"),
        migrations.RunSQL(POSTED_INVOICES, POSTED_INVOICES_BACK),
    ]
