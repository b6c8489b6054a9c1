"""The table of messages. Data folders have it since before the chat was a plug-in; there it is taken as it is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class CreateOrAdopt(migrations.CreateModel):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        if table not in schema_editor.connection.introspection.table_names():
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agents", "0014_messages_to_their_plugin"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateOrAdopt(
            name="ChatMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("task_number", models.BigIntegerField()),
                ("text", models.TextField(max_length=4000)),
                ("posted_at", models.DateTimeField(auto_now_add=True)),
                ("agent", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.agent")),
                ("on_behalf_of", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("to_person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="chat_messages", to=settings.AUTH_USER_MODEL)),
                ("to_team", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="chat_messages", to="portal.team")),
                ("connection", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.connection")),
            ],
            options={
                "db_table": "agents_chatmessage",
                "ordering": ["-id"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_person__isnull", True), ("to_team__isnull", True), _connector="XOR"),
                        name="chat_message_has_one_reader",
                    )
                ],
            },
        ),
    ]
