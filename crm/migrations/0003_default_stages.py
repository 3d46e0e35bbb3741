"""The sales stages that a new company starts with; it changes them on its own page."""

from django.db import migrations

STAGES = [
    ("contact", "First contact", "初步接触", 10, 10),
    ("needs", "Needs understood", "需求确认", 20, 25),
    ("proposal", "Proposal", "方案报价", 30, 50),
    ("negotiation", "Negotiation", "商务谈判", 40, 75),
]


def add_stages(apps, schema_editor):
    stage = apps.get_model("crm", "OpportunityStage")
    for code, name, name_zh, sequence, probability in STAGES:
        stage.objects.get_or_create(
            code=code,
            defaults={"name": name, "name_zh": name_zh, "sequence": sequence, "probability": probability},
        )


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_ledger_rules")]

    operations = [migrations.RunPython(add_stages, migrations.RunPython.noop)]
