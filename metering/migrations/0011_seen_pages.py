"""Whose page somebody has opened this year is remembered without the look; what looks tell of it is taken over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As publications/years.py counts them: thirteen periods of four weeks, from the first fixed period on.
FROM_LOOKS = """
INSERT INTO metering_seenpage (year, viewer_id, person_id)
SELECT DISTINCT (look.first_day - DATE '2024-01-01') / (13 * 28), permit.viewer_id, permit.person_id
FROM metering_look AS look JOIN metering_permit AS permit ON permit.id = look.permit_id
WHERE permit.person_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0010_what_counts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SeenPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.IntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('viewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('year', 'viewer', 'person'), name='seenpage_once')],
            },
        ),
        migrations.RunSQL(FROM_LOOKS, migrations.RunSQL.noop),
    ]
