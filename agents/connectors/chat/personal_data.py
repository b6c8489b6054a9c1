"""What the chat's table holds about a person, and what an erasure leaves of it."""

from portal.personal_data import REMOVED, PersonalData, Table, emptied

PERSONAL_DATA = PersonalData(
    "Messages",
    (
        Table(
            "messages",
            "chat.ChatMessage",
            ("to_person", "on_behalf_of"),
            "What agents posted to you, or for you.",
            "The text is removed.",
            emptied(text=REMOVED),
            hide=("key",),
            time="The text {content} days, or as long as its task's texts are kept.",
        ),
    ),
    written={"chat.ChatMessage": ("text",)},
)
