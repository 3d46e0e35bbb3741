from django.db import migrations

STANDARD = (
    ("GENERAL", "general", "General journal", "普通日记账"),
    ("STOCK", "stock", "Stock journal", "存货日记账"),
    ("PRODUCTION", "production", "Production journal", "生产日记账"),
    ("SALES", "sales", "Sales journal", "销售日记账"),
    ("PURCHASE", "purchase", "Purchase journal", "采购日记账"),
    ("BANK", "bank", "Bank and cash journal", "银行与现金日记账"),
    ("OPENING", "opening", "Opening balances", "期初余额"),
    ("CLOSING", "closing", "Closing entries", "结转分录"),
)


def add_standard_journals(apps, schema_editor):
    journals = apps.get_model("finance", "LedgerJournal")
    for code, kind, name, name_zh in STANDARD:
        journals.objects.get_or_create(
            kind=kind, is_standard=True, defaults={"code": code, "name": name, "name_zh": name_zh}
        )


class Migration(migrations.Migration):
    dependencies = [("finance", "0032_add_journals")]

    operations = [migrations.RunPython(add_standard_journals, migrations.RunPython.noop)]
