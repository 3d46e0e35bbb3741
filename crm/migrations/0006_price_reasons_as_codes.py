"""Reasons of prices that were stored as words of one language become codes, where the words are known."""

from django.db import migrations

KNOWN = {
    "item": ("List price of the item", "物料的标准售价"),
    "catalogue": ("Supplier's catalogue", "供应商目录"),
}


def to_codes(apps, schema_editor):
    for name in ("QuotationLine", "SalesOrderLine"):
        model = apps.get_model("crm", name)
        for code, words in KNOWN.items():
            model.objects.filter(price_reason__in=words).update(price_reason=code)


class Migration(migrations.Migration):
    dependencies = [("crm", "0005_add_order_project")]

    operations = [migrations.RunPython(to_codes, migrations.RunPython.noop, elidable=True)]
