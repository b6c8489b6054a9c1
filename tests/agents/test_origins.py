"""Where an ask's values come from: nothing is called the person's that they did not write, whole."""

import pytest

from agents.approvals.origins import NOT_YOURS, YOURS, Known, origin, rows, stands_in, visible
from agents.policy.facts import Argument, Capability, Effect, Role, Type

TO = Argument("to", Role.DEST, "To")
POST = Capability(
    "x.post",
    "post",
    "Post to {to}",
    Effect.IRREVERSIBLE,
    (TO, Argument("text", Role.CONTENT, "Text"), Argument("tags", Role.NAME, "Tags", type=Type.TEXTS)),
)


@pytest.mark.parametrize(
    ("value", "instruction", "yours"),
    [
        ("lea@example.com", "Post to lea@example.com.", True),
        ("lea@example.com", "Post to Lea@Example.COM, please", True),
        ("lea@example.com", "Post to (lea@example.com)", True),
        ("Support team", "tell the Support\n  team", True),
        (5, "label 5 messages", True),
        ("lea@example.com", "Post to xlea@example.com", False),
        ("lea@example.com", "Post to x.lea@example.com", False),
        ("lea@example.com", "Post to lea@example.com.evil.example", False),
        ("example.com", "Post to lea@example.com", False),
        ("lea", "Post to lea@example.com", False),
        ("a", "an apple", False),
        ("\u212aim", "tell kim", False),  # the Kelvin sign is no k
        ("", "anything", False),
        (".*", "anything", False),
    ],
)
def test_only_whole_tokens_are_the_persons(value: object, instruction: str, yours: bool) -> None:
    assert stands_in(value, instruction) is yours


def test_origins_in_their_order() -> None:
    known = Known("tell lea@example.com", "mia@example.com", {"to": {"only": ["*@example.com"]}})
    assert origin(TO, "lea@example.com", known).text == YOURS
    assert origin(TO, "MIA@example.com", known).text == "Your own address"
    assert "Inside the grant's limits" in origin(TO, "olga@example.com", known).text
    outside = origin(TO, "x@evil.example", known)
    assert (outside.text, outside.bad) == (NOT_YOURS, True)
    assert origin(TO, "olga@example.com", Known("tell lea", "mia@example.com")).bad


def test_what_leads_somewhere_in_a_text_is_marked() -> None:
    text = "Pay at https://evil.example/x, or ask lea@example.com. See (www.evil.example)!"
    (row,) = rows(POST, {"text": text}, Known("tell lea@example.com"))
    (value,) = row.values
    assert [part for part, marked in value.parts if marked] == ["https://evil.example/x", "www.evil.example"]
    assert "".join(part for part, _ in value.parts) == text
    assert value.origin.bad
    (plain,) = rows(POST, {"text": "All is done. e.g. 3/4 of it."}, Known("tell lea"))
    assert not plain.values[0].origin.bad


def test_no_argument_is_left_out() -> None:
    told = rows(POST, {"to": "a@b.example", "tags": ["x", "y"], "bcc": "z@z.example"}, Known("tag x"))
    assert [row.title for row in told] == ["To", "Tags", "bcc"]
    assert [value.origin.bad for value in told[1].values] == [False, True]
    assert told[2].values[0].origin.bad
    (only,) = rows(None, {"to": "a@b.example"}, Known("a@b.example"))
    assert only.values[0].origin.bad  # nothing declares it, so nothing vouches for it


def test_hidden_characters_are_spelled_out() -> None:
    assert visible("safe\u202eexe.txt\u200b") == "safe⟨U+202E⟩exe.txt⟨U+200B⟩"
    assert visible("two\nlines\tand ünïcode 日本") == "two\nlines\tand ünïcode 日本"
