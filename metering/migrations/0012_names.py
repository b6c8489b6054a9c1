"""Work items are found by what now names them: marks of an alphabet count, what does not show does not.

Where that makes two rows one, the later keeps the key it had: what was counted stays so. Items of strangers that were
taken for one stay one, since nothing says any more what the other was called.
"""

import re
import unicodedata

from django.db import migrations
from django.db.models import Q

from metering.outcomes.claims import LONGEST_ID, LONGEST_SYSTEM, folded

NOT_PLAIN = r"[^\x01-\x7f]"


def before(text):
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", plain)).strip("-")


def fold_anew(apps, schema_editor):
    items = apps.get_model("metering", "WorkItem").objects
    odd = items.filter(Q(external_id__regex=NOT_PLAIN) | Q(system_name__regex=NOT_PLAIN)).order_by("id")
    for row in odd.iterator():
        # A connection's name is not what its items are found by, nor is what an erasure took a name out of.
        system = folded(row.system_name) if before(row.system_name) == row.system else row.system
        identity = folded(row.external_id) if before(row.external_id) == row.identity else row.identity
        sound = 0 < len(system) <= LONGEST_SYSTEM and 0 < len(identity) <= LONGEST_ID
        if sound and not items.filter(system=system, identity=identity).exists():
            items.filter(pk=row.pk).update(system=system, identity=identity)


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0011_seen_pages'),
    ]

    operations = [
        migrations.RunPython(fold_anew, migrations.RunPython.noop),
    ]
