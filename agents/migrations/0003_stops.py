import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def of_stopped_agents(apps, schema_editor):
    """Agents that were stopped before that was a row: whoever manages them lifts these stops."""
    stops = apps.get_model("agents", "Stop").objects
    have = stops.filter(agent__isnull=False, lifted_at__isnull=True).values("agent_id")
    for agent in apps.get_model("agents", "Agent").objects.filter(state="paused").exclude(pk__in=have):
        stops.create(scope="agent", agent=agent, why=agent.state_note, confirmed_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0002_safe_by_default'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='stop',
            name='by_role',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='stop',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='stop',
            index=models.Index(condition=models.Q(('confirmed_at__isnull', True), ('lifted_at__isnull', True)), fields=['id'], name='stop_unconfirmed'),
        ),
        migrations.RunPython(of_stopped_agents, migrations.RunPython.noop),
    ]
