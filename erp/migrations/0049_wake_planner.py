from django.db import migrations


class Migration(migrations.Migration):
    """Whoever writes a planning event wakes the planner when it commits; equal notices are folded into one."""

    dependencies = [("erp", "0048_add_operation_names")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION erp_wake_planner() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM pg_notify('concord_planning', '');
              RETURN NULL;
            END $$;
            CREATE TRIGGER erp_planningevent_wake AFTER INSERT ON erp_planningevent
              FOR EACH STATEMENT EXECUTE FUNCTION erp_wake_planner();
            """,
            "DROP TRIGGER erp_planningevent_wake ON erp_planningevent; DROP FUNCTION erp_wake_planner();",
        )
    ]
