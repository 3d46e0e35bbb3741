from django.db import migrations

GUARD = """
CREATE FUNCTION erp_lot_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.item_id, NEW.expiry_date) IS DISTINCT FROM (OLD.item_id, OLD.expiry_date)
     AND EXISTS (SELECT 1 FROM erp_stockmove WHERE lot_id = OLD.id) THEN
    RAISE EXCEPTION 'lot % has moved: its item and expiry stay as they are', OLD.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'erp_lot_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erp_lot_stays BEFORE UPDATE OF item_id, expiry_date ON erp_lot
  FOR EACH ROW EXECUTE FUNCTION erp_lot_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("erp", "0013_owner_status_second_unit")]

    operations = [
        migrations.RunSQL(GUARD, "DROP TRIGGER erp_lot_stays ON erp_lot; DROP FUNCTION erp_lot_stays();"),
    ]
