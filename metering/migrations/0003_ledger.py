"""The ledger grows up: corrections as rows, hashed keys, refusals, contract prices, exchange rates.

The events' table is made anew and its rows are copied: fixed-width columns first (a quarter less disk), no primary key
(the sequence makes ids unique; a block-range index finds moments). It cannot be reversed: what it adds has no old place.
"""

from pathlib import Path

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from metering.usage.functions import function

HERE = Path(__file__).parent


def part(name: str) -> str:
    return (HERE / f"0003_{name}.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0002_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ContractPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=60)),
                ("pattern", models.CharField(max_length=120, verbose_name="model")),
                ("currency", models.CharField(max_length=3)),
                ("input", models.DecimalField(decimal_places=6, max_digits=14)),
                ("cache_read", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("cache_write", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("output", models.DecimalField(decimal_places=6, max_digits=14)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["provider", "pattern", "-valid_from", "-id"],
                "permissions": [
                    ("keep_prices", "Keep the prices of model calls"),
                    ("see_refusals", "See which usage the ledger refused"),
                ],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(input__gte=0, output__gte=0)
                        & (models.Q(cache_read=None) | models.Q(cache_read__gte=0))
                        & (models.Q(cache_write=None) | models.Q(cache_write__gte=0)),
                        name="contractprice_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                        name="contractprice_span",
                        violation_error_message="It ends before it begins.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("rate", models.DecimalField(decimal_places=8, max_digits=18)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["currency", "-day", "-id"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchangerate_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="kept_once")],
            },
        ),
        migrations.CreateModel(
            name="UsageRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("at", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=200)),
                ("received_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["-received_at", "-id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key", "reason"), name="usagerefusal_once"),
                ],
            },
        ),
        migrations.AddField("dayusage", "cache_write_tokens", models.BigIntegerField(default=0)),
        # One index less to write: what is there once also finds a person's days.
        migrations.RemoveIndex("dayusage", "dayusage_person"),
        migrations.RemoveConstraint("dayusage", "dayusage_once"),
        migrations.AddConstraint(
            "dayusage",
            models.UniqueConstraint(
                fields=("person", "day", "team", "agent_id", "provider", "model"), name="dayusage_once"
            ),
        ),
        migrations.RunSQL(part("events")),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([function("digest"), part("keys")])],
            state_operations=[
                migrations.DeleteModel("UsageKey"),
                migrations.CreateModel(
                    name="UsageKey",
                    fields=[
                        ("digest", models.UUIDField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("figures", models.IntegerField(null=True)),
                    ],
                    options={
                        "default_permissions": (),
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="usagekey_at")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL([part("days"), function("add_up")]),
    ]
