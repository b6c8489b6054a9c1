from django.db import migrations, models


# UTC is what a person has for whom nobody has chosen.
KNOWN = "UPDATE portal_person SET zone_known = true WHERE time_zone <> 'UTC'"


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0004_submissions'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='zone_known',
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
