"""What Slack's tables hold about a person: an erasure deletes it here; what was posted in Slack stays there."""

from portal.personal_data import PersonalData, Table, deleted

PERSONAL_DATA = PersonalData(
    "Slack",
    (
        Table(
            "slack-accounts",
            "slack.Link",
            ("person",),
            "Your Slack accounts that were linked, and what each does.",
            "Deleted.",
            deleted,
        ),
        Table(
            "slack-codes",
            "slack.LinkCode",
            ("person",),
            "When you made codes that link a Slack account.",
            "Deleted.",
            deleted,
            hide=("digest",),
            time="A day.",
        ),
        Table(
            "slack-tasks",
            "slack.TaskThread",
            ("link__person",),
            "In which thread of Slack you queued a task.",
            "Deleted.",
            deleted,
            time="30 days after the task's end was told there.",
        ),
        Table(
            "slack-questions",
            "slack.AskMessage",
            ("link__person",),
            "Which questions were shown to you in Slack, without their words.",
            "Deleted.",
            deleted,
            hide=("digest",),
            time="30 days.",
        ),
        Table(
            "slack-notices",
            "slack.NoticeMessage",
            ("link__person",),
            "Which messages with notices were sent to you in Slack, without their words.",
            "Deleted.",
            deleted,
            time="30 days.",
        ),
    ),
    written={"slack.Link": ("known_as",), "slack.Reply": ("text",), "slack.Arrival": ("body",)},
)
