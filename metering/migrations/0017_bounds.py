from django.conf import settings
from django.db import migrations, models


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


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0016_roles'),
        ('portal', '0003_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='budget',
            name='budget_limits',
        ),
        migrations.AddConstraint(
            model_name='agenthour',
            constraint=models.CheckConstraint(condition=models.Q(('micros__gte', 0), ('micros__isnull', True), _connector='OR'), name='agenthour_micros', violation_error_message='Micros: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='agenthour',
            constraint=models.CheckConstraint(condition=models.Q(('let_go_micros__gte', 0), ('let_go_micros__isnull', True), _connector='OR'), name='agenthour_let_go_micros', violation_error_message='Let go micros: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('limit_micros__gte', 1), ('limit_micros__lte', 1000000000000000)), ('limit_micros__isnull', True), _connector='OR'), name='budget_limit_micros', violation_error_message='Limit micros: at least 1 and at most 1,000,000,000,000,000.'),
        ),
        migrations.AddConstraint(
            model_name='budgetcounter',
            constraint=models.CheckConstraint(condition=models.Q(('settled_micros__gte', 0), ('settled_micros__isnull', True), _connector='OR'), name='budgetcounter_settled_micros', violation_error_message='Settled micros: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='budgetcounter',
            constraint=models.CheckConstraint(condition=models.Q(('reserved_micros__gte', 0), ('reserved_micros__isnull', True), _connector='OR'), name='budgetcounter_reserved_micros', violation_error_message='Reserved micros: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='budgetcounter',
            constraint=models.CheckConstraint(condition=models.Q(('unpriced_calls__gte', 0), ('unpriced_calls__isnull', True), _connector='OR'), name='budgetcounter_unpriced_calls', violation_error_message='Unpriced calls: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='budgetraise',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('micros__gte', 1), ('micros__lte', 1000000000000000)), ('micros__isnull', True), _connector='OR'), name='budgetraise_micros', violation_error_message='Micros: at least 1 and at most 1,000,000,000,000,000.'),
        ),
        migrations.AddConstraint(
            model_name='budgetrefusal',
            constraint=models.CheckConstraint(condition=models.Q(('needs_micros__gte', 0), ('needs_micros__isnull', True), _connector='OR'), name='budgetrefusal_needs_micros', violation_error_message='Needs micros: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='budgetreservation',
            constraint=models.CheckConstraint(condition=models.Q(('micros__gte', 0), ('micros__isnull', True), _connector='OR'), name='budgetreservation_micros', violation_error_message='Micros: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='disclosurecheck',
            constraint=models.CheckConstraint(condition=models.Q(('figures__gte', 0), ('figures__isnull', True), _connector='OR'), name='disclosurecheck_figures', violation_error_message='Figures: at least 0.'),
        ),
        migrations.AddConstraint(
            model_name='disclosurecheck',
            constraint=models.CheckConstraint(condition=models.Q(('viewers__gte', 0), ('viewers__isnull', True), _connector='OR'), name='disclosurecheck_viewers', violation_error_message='Viewers: at least 0.'),
        ),
    ]
