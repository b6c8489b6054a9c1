from django.db import migrations, models

# A sentence of before becomes a code without a sentence of its own; only its own person reads what it said.
REASON = """
    ALTER TABLE {table} ALTER COLUMN {column} TYPE jsonb USING CASE WHEN {column} = '' THEN '{{}}'::jsonb
    ELSE jsonb_build_object('code', 'earlier', 'params', jsonb_build_object('earlier', {column})) END
"""
SENTENCE = """
    ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length})
    USING left(coalesce({column} -> 'params' ->> 'earlier', {column} ->> 'code', ''), {length})
"""
CALLS = """
    UPDATE agents_call SET reasons = (
        SELECT jsonb_agg(jsonb_build_object(
            'code', one -> 'code', 'params', jsonb_build_object('earlier', one -> 'text')))
        FROM jsonb_array_elements(reasons) AS one)
    WHERE jsonb_typeof(reasons) = 'array' AND reasons <> '[]'::jsonb
"""
CALLS_BACK = """
    UPDATE agents_call SET reasons = (
        SELECT jsonb_agg(jsonb_build_object(
            'code', one -> 'code', 'text', coalesce(one -> 'params' ->> 'earlier', one ->> 'code')))
        FROM jsonb_array_elements(reasons) AS one)
    WHERE jsonb_typeof(reasons) = 'array' AND reasons <> '[]'::jsonb
"""


def _coded(model: str, column: str, length: int) -> migrations.RunSQL:
    table = f"agents_{model}"
    return migrations.RunSQL(
        REASON.format(table=table, column=column),
        SENTENCE.format(table=table, column=column, length=length),
        state_operations=[
            migrations.AlterField(model, column, models.JSONField(blank=True, default=dict)),
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("agents", "0006_handover")]

    operations = [
        _coded("task", "reason", 500),
        _coded("approval", "why_dead", 300),
        migrations.RunSQL(CALLS, CALLS_BACK),
        migrations.AddField("call", "ending", models.JSONField(blank=True, default=dict)),
        migrations.AddField("stop", "cause", models.JSONField(blank=True, default=dict)),
        migrations.AddField("grant", "cause", models.JSONField(blank=True, default=dict)),
        migrations.RemoveField("agent", "state_note"),
    ]
