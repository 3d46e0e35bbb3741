"""Database operations for migrations: append-only tables and the owner-defined functions."""

from django.db import migrations

APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
"""

NEXT_NUMBER_FUNCTION = """
CREATE OR REPLACE FUNCTION core_next_number(target text, period text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE name text := 'core_number_' || md5(target || '|' || period);
BEGIN
  BEGIN
    RETURN nextval(quote_ident(name)::regclass);
  EXCEPTION WHEN undefined_table THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(name, 3));
    EXECUTE format('CREATE SEQUENCE IF NOT EXISTS public.%I', name);
    RETURN nextval(quote_ident(name)::regclass);
  END;
END $$;
"""

BEGIN_OPERATION_FUNCTION = """
CREATE OR REPLACE FUNCTION core_begin_operation(
  wait text, idle text, who bigint, one_time text, OUT owned boolean, OUT reply text
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('lock_timeout', wait, true), set_config('idle_in_transaction_session_timeout', idle, true);
  owned := true;
  IF one_time IS NOT NULL THEN
    owned := pg_try_advisory_xact_lock(hashtextextended(who || ':' || one_time, 1));
    IF owned THEN  -- a statement of its own: it sees what the last holder of the key has committed
      SELECT jsonb_build_object('request_hash', request_hash, 'result_model', result_model, 'result_id', result_id,
        'result', result)::text INTO reply FROM core_idempotencyrecord WHERE actor_id = who AND key = one_time;
    END IF;
  END IF;
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table`` by triggers, and take the rights from the application login."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        DO $$ BEGIN
          IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'concord_app') AND current_user <> 'concord_app' THEN
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM concord_app;
          END IF;
        END $$;
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};",
    )


def grant_to_application(apps, schema_editor) -> None:
    """Give the application login its rights on what exists and on what the owner makes later (no DDL)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user <> 'concord_app' AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'concord_app')"
        )
        if not cursor.fetchone()[0]:
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO concord_app",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO concord_app",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO concord_app",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM concord_app",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO concord_app",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO concord_app",
        ):
            cursor.execute(statement)
