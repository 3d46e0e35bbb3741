from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("erp", "0005_plan_results")]

    operations = [migrations.RemoveConstraint(model_name="shipmentpick", name="erp_shipmentpick_key")]
