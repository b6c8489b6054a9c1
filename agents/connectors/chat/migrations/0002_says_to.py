"""The argument “Reader” of a post is called “To” now and means the same: grants of the old word stay good."""

from django.db import migrations

BEFORE, NOW = "9bc736fcd2e1df89bd2962bbe360086b", "7247d0e89568349e528f020922cec15e"


def follow(apps, schema_editor):
    grants = apps.get_model("agents", "Grant").objects
    grants.filter(capability="chat.post", declaration=BEFORE).update(declaration=NOW)


class Migration(migrations.Migration):
    dependencies = [("agents", "0016_list_says_what_it_shows"), ("chat", "0001_initial")]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
