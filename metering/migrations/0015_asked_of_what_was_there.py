"""A correction is about the calls that stood in the ledger when it was asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0014_who_writes'),
    ]

    operations = [
        migrations.AddField(
            model_name='correctionrequest',
            name='latest_event',
            field=models.BigIntegerField(default=0),
        ),
        # Of those that wait: what had been called by then, since nobody noted what stood there.
        migrations.RunSQL("""
            UPDATE metering_correctionrequest AS r SET latest_event = coalesce((
                SELECT max(e.id) FROM metering_usageevent AS e
                WHERE e.person_id = r.person_id AND e.at < r.created_at), 0)
            WHERE state = 'requested'
        """, migrations.RunSQL.noop),
    ]
