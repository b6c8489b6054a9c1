"""Entries are written without a lock; seals chain them, in segments of a day or a hundred thousand entries.

The trail of before, each entry chained to the one before it, becomes the first segment, under its own rule.
"""

from pathlib import Path

import django.db.models.functions
from django.db import migrations, models

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_two_admins")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("segment", models.IntegerField(db_index=True)),
                ("rule", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("entries", models.BigIntegerField()),
                ("top", models.BigIntegerField()),
                ("covers", models.TextField()),
                ("missing", models.TextField()),
                ("horizon", models.BigIntegerField(null=True)),
                ("content", models.BinaryField()),
                ("digest", models.BinaryField()),
            ],
            options={"ordering": ["number"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ArchivedSegment",
            fields=[
                ("segment", models.IntegerField(primary_key=True, serialize=False)),
                ("file", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.Now())),
            ],
            options={"ordering": ["segment"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="TrailCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.JSONField(default=dict)),
                ("entries", models.BigIntegerField(default=0)),
                ("marks", models.BigIntegerField(default=0)),
            ],
            options={"ordering": ["-id"], "default_permissions": ()},
        ),
        migrations.RunSQL((HERE / "0007_entries.sql").read_text()),
        migrations.RunSQL((HERE / "0007_seals.sql").read_text()),
    ]
