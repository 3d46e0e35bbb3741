"""What changed hands between projects is never changed afterwards."""

from django.db import migrations

from core.ledgers import append_only


class Migration(migrations.Migration):
    dependencies = [("erp", "0075_add_project_transfers")]

    operations = [append_only("erp_projecttransfer"), append_only("erp_projecttransferline")]
