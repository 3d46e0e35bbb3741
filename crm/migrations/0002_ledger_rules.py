"""Revisions are append-only; the payment plan of a binding order sums to its gross amount."""

from django.db import migrations

from core.ledgers import append_only

PLAN_FUNCTION = """
CREATE FUNCTION crm_check_payment_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint;
  off record;
BEGIN
  IF TG_TABLE_NAME = 'crm_salesorder' THEN wanted := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN wanted := OLD.order_id;
  ELSE wanted := NEW.order_id;
  END IF;
  SELECT o.number, o.gross_amount, COALESCE(SUM(p.amount), 0) AS planned INTO off
    FROM crm_salesorder o LEFT JOIN crm_paymentplanline p ON p.order_id = o.id
   WHERE o.id = wanted AND o.state IN ('confirmed', 'closed') AND NOT o.is_history
   GROUP BY o.id
  HAVING COALESCE(SUM(p.amount), 0) <> o.gross_amount;
  IF FOUND THEN
    RAISE EXCEPTION 'payment plan of % is %, the order %', off.number, off.planned, off.gross_amount
      USING ERRCODE = 'check_violation', CONSTRAINT = 'crm_paymentplan_total';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER crm_paymentplan_total_of_order
  AFTER INSERT OR UPDATE OF state, gross_amount ON crm_salesorder
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crm_check_payment_plan();
CREATE CONSTRAINT TRIGGER crm_paymentplan_total_of_line
  AFTER INSERT OR UPDATE OR DELETE ON crm_paymentplanline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crm_check_payment_plan();
"""

PLAN_FUNCTION_BACK = """
DROP TRIGGER crm_paymentplan_total_of_order ON crm_salesorder;
DROP TRIGGER crm_paymentplan_total_of_line ON crm_paymentplanline;
DROP FUNCTION crm_check_payment_plan();
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [
        append_only("crm_orderchange"),
        migrations.RunSQL(PLAN_FUNCTION, PLAN_FUNCTION_BACK),
    ]
