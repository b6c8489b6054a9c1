from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0009_bounds'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='hours_zone',
            field=models.CharField(default='UTC', max_length=64),
        ),
    ]
