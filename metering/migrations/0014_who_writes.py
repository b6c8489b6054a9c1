"""What a source said of a call includes its provider and the cost that it states; who writes can be waited for; a
contract price that has not begun can be withdrawn.
"""

from django.db import migrations, models
from metering.usage.functions import function


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0013_acceptances'),
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
        migrations.AddField(
            model_name='contractprice',
            name='withdrawn',
            field=models.BooleanField(default=False),
        ),
        # Both take a lock, shared, until the transaction is over: who prices calls anew waits for it.
        migrations.RunSQL([function("look"), function("record")]),
    ]
