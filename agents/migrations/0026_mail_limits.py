"""A grant may say in which folders and from whom messages are; one that says nothing of it reaches what it reached."""

from django.db import migrations

CHANGED = {
    "mail.list": ("8b7f94fbc038f70b38436288a2729300", "a3cee20418506b9601974c7097c32823"),
    "mail.read": ("c1af47fd39b49ab59976e2151c966105", "a315f0a91a17a85a582f1704bd36b5a9"),
    "mail.label": ("8d7caf35bafa0a2aca0740362d6229e3", "7a3d1d1fcdf031a544483342670b61b1"),
    "mail.move": ("a9c73b95ac2219c044433c88fcd8073e", "7e588b0ddcd9df30849fde9a140a1099"),
}


def follow(apps, schema_editor):
    for name, (before, now) in CHANGED.items():
        grants = apps.get_model("agents", "Grant").objects.filter(capability=name, declaration=before)
        grants.update(declaration=now)


class Migration(migrations.Migration):
    dependencies = [("agents", "0025_connections_looked_after")]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
