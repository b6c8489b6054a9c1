"""Numbers in tables have bounds, which the database holds."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


# Rows from before the bounds are brought within them.
MEND = """
    UPDATE metering_budget SET limit_micros = LEAST(GREATEST(limit_micros, 1), 1000000000000000) WHERE limit_micros < 1 OR limit_micros > 1000000000000000;
    UPDATE metering_budgetraise SET micros = LEAST(GREATEST(micros, 1), 1000000000000000) WHERE micros < 1 OR micros > 1000000000000000;
    UPDATE metering_budgetcounter SET settled_micros = GREATEST(settled_micros, 0) WHERE settled_micros < 0;
    UPDATE metering_budgetcounter SET reserved_micros = GREATEST(reserved_micros, 0) WHERE reserved_micros < 0;
    UPDATE metering_budgetcounter SET unpriced_calls = GREATEST(unpriced_calls, 0) WHERE unpriced_calls < 0;
    UPDATE metering_budgetreservation SET micros = GREATEST(micros, 0) WHERE micros < 0;
    UPDATE metering_budgetrefusal SET needs_micros = GREATEST(needs_micros, 0) WHERE needs_micros < 0;
    UPDATE metering_agenthour SET micros = GREATEST(micros, 0) WHERE micros < 0;
    UPDATE metering_agenthour SET let_go_micros = GREATEST(let_go_micros, 0) WHERE let_go_micros < 0;
    UPDATE metering_disclosurecheck SET figures = GREATEST(figures, 0) WHERE figures < 0;
    UPDATE metering_disclosurecheck SET viewers = GREATEST(viewers, 0) WHERE viewers < 0;
"""


def bound(model, field, least, most=None):
    words = f"{field.replace('_', ' ').capitalize()}: at least {least:,}"
    holds = Q((f"{field}__gte", least))
    if most is not None:
        words += f" and at most {most:,}"
        holds &= Q((f"{field}__lte", most))
    return migrations.AddConstraint(
        model_name=model,
        constraint=models.CheckConstraint(
            condition=holds | Q((f"{field}__isnull", True)),
            name=f"{model}_{field}",
            violation_error_message=f"{words}.",
        ),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0016_roles'),
        ('portal', '0003_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name='budget', name='budget_limits'),
        bound("agenthour", "micros", 0),
        bound("agenthour", "let_go_micros", 0),
        bound("budget", "limit_micros", 1, 10**15),
        bound("budgetcounter", "settled_micros", 0),
        bound("budgetcounter", "reserved_micros", 0),
        bound("budgetcounter", "unpriced_calls", 0),
        bound("budgetraise", "micros", 1, 10**15),
        bound("budgetrefusal", "needs_micros", 0),
        bound("budgetreservation", "micros", 0),
        bound("disclosurecheck", "figures", 0),
        bound("disclosurecheck", "viewers", 0),
    ]
