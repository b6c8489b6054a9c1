from django.conf import settings
from django.db import migrations, models


# Rows from before the bounds are brought within them.
MEND = """
    UPDATE agents_agent SET max_steps = LEAST(GREATEST(max_steps, 0), 100000) WHERE max_steps < 0 OR max_steps > 100000;
    UPDATE agents_agent SET max_tokens = LEAST(GREATEST(max_tokens, 0), 2000000000) WHERE max_tokens < 0 OR max_tokens > 2000000000;
    UPDATE agents_agent SET max_cost_micros = LEAST(GREATEST(max_cost_micros, 0), 1000000000000) WHERE max_cost_micros < 0 OR max_cost_micros > 1000000000000;
    UPDATE agents_agent SET max_seconds = LEAST(GREATEST(max_seconds, 0), 2678400) WHERE max_seconds < 0 OR max_seconds > 2678400;
    UPDATE agents_agent SET max_asks = LEAST(GREATEST(max_asks, 0), 10000) WHERE max_asks < 0 OR max_asks > 10000;
    UPDATE agents_task SET max_steps = LEAST(GREATEST(max_steps, 0), 100000) WHERE max_steps < 0 OR max_steps > 100000;
    UPDATE agents_task SET max_tokens = LEAST(GREATEST(max_tokens, 0), 2000000000) WHERE max_tokens < 0 OR max_tokens > 2000000000;
    UPDATE agents_task SET max_cost_micros = LEAST(GREATEST(max_cost_micros, 0), 1000000000000) WHERE max_cost_micros < 0 OR max_cost_micros > 1000000000000;
    UPDATE agents_task SET max_seconds = LEAST(GREATEST(max_seconds, 0), 2678400) WHERE max_seconds < 0 OR max_seconds > 2678400;
    UPDATE agents_task SET max_asks = LEAST(GREATEST(max_asks, 0), 10000) WHERE max_asks < 0 OR max_asks > 10000;
    UPDATE agents_task SET seconds_worked = LEAST(GREATEST(seconds_worked, 0), 1000000000) WHERE seconds_worked < 0 OR seconds_worked > 1000000000;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0008_opening'),
        ('portal', '0003_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_steps__gte', 0), ('max_steps__lte', 100000)), ('max_steps__isnull', True), _connector='OR'), name='agent_max_steps', violation_error_message='Max steps: at least 0 and at most 100,000.'),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_tokens__gte', 0), ('max_tokens__lte', 2000000000)), ('max_tokens__isnull', True), _connector='OR'), name='agent_max_tokens', violation_error_message='Max tokens: at least 0 and at most 2,000,000,000.'),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_cost_micros__gte', 0), ('max_cost_micros__lte', 1000000000000)), ('max_cost_micros__isnull', True), _connector='OR'), name='agent_max_cost_micros', violation_error_message='Max cost micros: at least 0 and at most 1,000,000,000,000.'),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_seconds__gte', 0), ('max_seconds__lte', 2678400)), ('max_seconds__isnull', True), _connector='OR'), name='agent_max_seconds', violation_error_message='Max seconds: at least 0 and at most 2,678,400.'),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_asks__gte', 0), ('max_asks__lte', 10000)), ('max_asks__isnull', True), _connector='OR'), name='agent_max_asks', violation_error_message='Max asks: at least 0 and at most 10,000.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_steps__gte', 0), ('max_steps__lte', 100000)), ('max_steps__isnull', True), _connector='OR'), name='task_max_steps', violation_error_message='Max steps: at least 0 and at most 100,000.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_tokens__gte', 0), ('max_tokens__lte', 2000000000)), ('max_tokens__isnull', True), _connector='OR'), name='task_max_tokens', violation_error_message='Max tokens: at least 0 and at most 2,000,000,000.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_cost_micros__gte', 0), ('max_cost_micros__lte', 1000000000000)), ('max_cost_micros__isnull', True), _connector='OR'), name='task_max_cost_micros', violation_error_message='Max cost micros: at least 0 and at most 1,000,000,000,000.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_seconds__gte', 0), ('max_seconds__lte', 2678400)), ('max_seconds__isnull', True), _connector='OR'), name='task_max_seconds', violation_error_message='Max seconds: at least 0 and at most 2,678,400.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('max_asks__gte', 0), ('max_asks__lte', 10000)), ('max_asks__isnull', True), _connector='OR'), name='task_max_asks', violation_error_message='Max asks: at least 0 and at most 10,000.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seconds_worked__gte', 0), ('seconds_worked__lte', 1000000000)), ('seconds_worked__isnull', True), _connector='OR'), name='task_seconds_worked', violation_error_message='Seconds worked: at least 0 and at most 1,000,000,000.'),
        ),
    ]
