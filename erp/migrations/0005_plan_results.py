from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("erp", "0004_plan_ring")]

    operations = [
        migrations.RemoveField(model_name="planverdict", name="run"),
        migrations.RemoveField(model_name="supplyadvice", name="run"),
        migrations.AddField(
            model_name="planverdict",
            name="run_number",
            field=models.BigIntegerField(default=0, verbose_name="since run"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="supplyadvice",
            name="run_number",
            field=models.BigIntegerField(default=0, verbose_name="since run"),
            preserve_default=False,
        ),
    ]
