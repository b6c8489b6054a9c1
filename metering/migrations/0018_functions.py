"""The ledger takes its columns in one order; a task's credit for an item is called an attribution."""

import django.db.models.deletion
from django.db import migrations, models

from metering.usage.functions import function


class Migration(migrations.Migration):
    dependencies = [("metering", "0017_bounds")]
    operations = [
        migrations.RunSQL(function("record"), migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Carrying", "Attribution"),
                migrations.AlterModelTable("Attribution", "metering_carrying"),
                migrations.AlterField(
                    "Attribution",
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attributions",
                        to="metering.workitem",
                    ),
                ),
            ]
        ),
    ]
