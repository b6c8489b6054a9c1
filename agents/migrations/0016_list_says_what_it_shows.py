"""Listing a mailbox has plainer words now, and does the same: grants of the old words stay good."""

from django.db import migrations

BEFORE, NOW = "88c40da527a86f9c8d7a3868a3bceb30", "8b7f94fbc038f70b38436288a2729300"


def follow(apps, schema_editor):
    apps.get_model("agents", "Grant").objects.filter(capability="mail.list", declaration=BEFORE).update(declaration=NOW)


class Migration(migrations.Migration):
    dependencies = [("agents", "0015_plain_refusals")]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
