"""Later orders lie uncompressed in the row of their item: compressing them took half the time of writing a plan."""

from django.db import migrations

SLOTS = range(4)
ARRAYS = ("due", "quantity", "detail", "demand")

WIDEST = 8160
"""Up to so many bytes, the most that PostgreSQL allows, a row keeps its arrays to itself."""


def statements(*, back: bool = False) -> str:
    storage = "EXTENDED" if back else "EXTERNAL"
    width = "RESET (toast_tuple_target)" if back else f"SET (toast_tuple_target = {WIDEST})"
    columns = ", ".join(f"ALTER COLUMN {name} SET STORAGE {storage}" for name in ARRAYS)
    return " ".join(
        f"ALTER TABLE erp_plannedseries_{slot} {columns}; ALTER TABLE erp_plannedseries_{slot} {width};" for slot in SLOTS
    )


class Migration(migrations.Migration):
    dependencies = [("erp", "0070_add_minutes_of_schedule_rows")]

    operations = [migrations.RunSQL(statements(), statements(back=True))]
