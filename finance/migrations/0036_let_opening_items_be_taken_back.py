"""A posted invoice keeps its state for ever, but for an opening item on which nothing was settled."""

from django.db import migrations

RULE = """
CREATE OR REPLACE FUNCTION finance_keep_posted_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'draft' AND TG_OP = 'UPDATE' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR {state}
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
"""
TAKEN_BACK = """(NEW.state <> OLD.state AND NOT (OLD.state = 'posted' AND NEW.state = 'reversed' AND OLD.is_opening
      AND NEW.is_opening AND OLD.settled_amount = 0 AND NEW.settled_amount = 0))"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0035_add_opening_advances")]

    operations = [
        migrations.RunSQL(RULE.replace("{state}", TAKEN_BACK), RULE.replace("{state}", "NEW.state <> OLD.state")),
    ]
