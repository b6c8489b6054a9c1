"""Whose an item is among agents, and which groups have calls without a price."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0009_ledger_at_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='carrying',
            name='agent_id',
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunSQL("""
            UPDATE metering_carrying AS c SET agent_id = coalesce(i.agent_id, 0)
            FROM metering_workitem AS i WHERE i.id = c.item_id
        """),
        migrations.AddField(
            model_name='publication',
            name='not_priced',
            field=models.BooleanField(default=False),
        ),
    ]
