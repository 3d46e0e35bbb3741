"""Statistics of a written plan: few, as each run gathers them anew, and none of what no condition is ever about."""

from django.db import migrations

SLOTS = range(4)
ROWS = {"item_id": 25, "start_date": 25, "need_date": 25, "due_date": 25, "supply_type": 25, "flags": 25} | dict.fromkeys(
    ("slot", "sequence", "finish_date", "quantity", "more_demands", "demands"), 0
)
SERIES = {"item_id": 10, "supply_type": 10, "due": 10} | dict.fromkeys(("slot", "digest", "quantity", "detail", "demand"), 0)


def statements(*, back: bool = False) -> str:
    return " ".join(
        f"ALTER TABLE {table}_{slot} ALTER COLUMN {column} SET STATISTICS {-1 if back else target};"
        for table, columns in (("erp_plannedrow", ROWS), ("erp_plannedseries", SERIES))
        for slot in SLOTS
        for column, target in columns.items()
    )


class Migration(migrations.Migration):
    dependencies = [("erp", "0056_report_past_days")]

    operations = [migrations.RunSQL(statements(), statements(back=True))]
