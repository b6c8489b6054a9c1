"""What a source said of a call includes its provider and the cost that it states."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0010_what_counts'),
    ]

    operations = [
        # Checksums of before said less: null is unknown. A new column, since an update would write every key anew.
        migrations.RemoveField(
            model_name='usagekey',
            name='figures',
        ),
        migrations.AddField(
            model_name='usagekey',
            name='figures',
            field=models.IntegerField(null=True),
        ),
    ]
