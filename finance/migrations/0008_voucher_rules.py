"""What the database itself keeps of vouchers: posted ones never change, and how a seal is computed."""

from django.db import migrations

from core.ledgers import append_only

KEPT = """
CREATE FUNCTION finance_keep_posted_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' OR OLD.state = 'posted' THEN
    RAISE EXCEPTION 'posted vouchers stay as they are: % refused', TG_OP
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finance_voucher_kept';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER finance_voucher_kept BEFORE UPDATE OR DELETE ON finance_voucher
  FOR EACH ROW EXECUTE FUNCTION finance_keep_posted_voucher();
CREATE TRIGGER finance_voucher_no_truncate BEFORE TRUNCATE ON finance_voucher
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

CREATE FUNCTION finance_keep_voucher_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owner bigint; state_of text;
BEGIN
  owner := CASE WHEN TG_OP = 'INSERT' THEN NEW.voucher_id ELSE OLD.voucher_id END;
  SELECT state INTO state_of FROM finance_voucher WHERE id = owner;
  IF TG_OP = 'UPDATE' OR (TG_OP = 'INSERT' AND state_of <> 'prepared') OR state_of = 'posted' THEN
    RAISE EXCEPTION 'the rows of voucher % stay as they are: % refused', owner, TG_OP
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER finance_voucherline_kept BEFORE INSERT OR UPDATE OR DELETE ON finance_voucherline
  FOR EACH ROW EXECUTE FUNCTION finance_keep_voucher_rows();
CREATE TRIGGER finance_voucherline_no_truncate BEFORE TRUNCATE ON finance_voucherline
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER finance_voucherentry_kept BEFORE INSERT OR UPDATE OR DELETE ON finance_voucherentry
  FOR EACH ROW EXECUTE FUNCTION finance_keep_voucher_rows();
CREATE TRIGGER finance_voucherentry_no_truncate BEFORE TRUNCATE ON finance_voucherentry
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

KEPT_BACK = """
DROP TRIGGER finance_voucherentry_no_truncate ON finance_voucherentry;
DROP TRIGGER finance_voucherentry_kept ON finance_voucherentry;
DROP TRIGGER finance_voucherline_no_truncate ON finance_voucherline;
DROP TRIGGER finance_voucherline_kept ON finance_voucherline;
DROP FUNCTION finance_keep_voucher_rows();
DROP TRIGGER finance_voucher_no_truncate ON finance_voucher;
DROP TRIGGER finance_voucher_kept ON finance_voucher;
DROP FUNCTION finance_keep_posted_voucher();
"""

SEAL = """
CREATE FUNCTION finance_voucher_text(voucher bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(
    1, head.series, period.year, period.month, head.number, head.voucher_date::text, head.total::text,
    head.attachment_count, head.prepared_by_id, head.reviewed_by_id, head.posted_by_id,
    (SELECT jsonb_agg(jsonb_build_array(
        line.line_no, line.description, line.account_id, line.amount::text, line.currency_id,
        line.currency_amount::text, line.partner_id, line.department_id, line.project_id, line.item_category_id
      ) ORDER BY line.line_no) FROM finance_voucherline line WHERE line.voucher_id = head.id),
    (SELECT jsonb_agg(link.entry_id ORDER BY link.entry_id) FROM finance_voucherentry link
     WHERE link.voucher_id = head.id)
  )::text
  FROM finance_voucher head JOIN finance_fiscalperiod period ON period.id = head.period_id
  WHERE head.id = voucher
$$;

CREATE FUNCTION finance_voucher_hash(voucher bigint, previous text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(previous || E'\\n' || finance_voucher_text(voucher), 'UTF8')), 'hex')
$$;
"""

SEAL_BACK = "DROP FUNCTION finance_voucher_hash(bigint, text); DROP FUNCTION finance_voucher_text(bigint);"

SETTINGS = """
INSERT INTO finance_ledgersettings
  (singleton, voucher_grouping, voucher_naming, vouchers_required, carry_over_required, version)
VALUES (true, 'document', 'single', false, false, 0);
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0007_add_vouchers_and_typed_entries")]

    operations = [
        migrations.RunSQL(SETTINGS, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(SEAL, SEAL_BACK),
        append_only("finance_voucherseal"),
    ]
