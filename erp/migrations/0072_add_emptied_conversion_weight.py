"""A change may empty the weight of the conversion of a main product or an output again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0071_plan_uncompressed"),
    ]

    operations = [
        migrations.AddField(
            model_name="engineeringchangeline",
            name="is_conversion_as_material",
            field=models.BooleanField(default=False, verbose_name="conversion as the material"),
        ),
    ]
