"""An ask's arguments for its page: every one is there, exactly as in the call, with what was stored of its origin."""

import pytest

from agents.approvals.argument_rows import UNDECLARED, UNRECORDED, rows
from agents.policy.declarations import Argument, Capability, Effect, Role, Type
from agents.policy.language.invisible import spelled_out
from portal.reasons import because, second
from tests.agents.asking import argument, elsewhere, text, value

POST = Capability(
    "x.post",
    "post",
    "Post to {to}",
    Effect.IRREVERSIBLE,
    (
        Argument("to", Role.DEST, "Reader", type=Type.TEXTS),
        Argument("text", Role.CONTENT, "Text"),
        Argument("loud", Role.VALUE, "Loud", type=Type.FLAG, required=False),
    ),
)


def test_no_argument_is_left_out():
    stored = [argument("to", "dest", value("a@b.example"))]
    told = rows(POST, {"to": ["a@b.example", "c@d.example"], "loud": True, "bcc": "z@z.example"}, stored)
    assert [row.title for row in told] == ["Reader", "Loud", "bcc"]
    first, second = told[0].values
    assert (first.origin, first.bad) == ("Your words in the instruction", False)
    assert (second.text, second.origin, second.bad) == ("c@d.example", UNRECORDED, True)
    assert told[1].values[0].text == "yes"
    assert (told[2].values[0].origin, told[2].values[0].bad) == (UNDECLARED, True)


def test_older_asks_show_their_arguments_plainly():
    (row,) = rows(POST, {"text": "Hello\nthere"}, [])
    assert (row.values[0].text, row.values[0].origin, row.values[0].blocks) == (
        "Hello\nthere",
        UNRECORDED,
        (),
    )


def test_what_was_stored_of_another_value_says_nothing_of_this_one():
    stored = [argument("to", "dest", value("lea@x.example"))]
    (row,) = rows(POST, {"to": ["lea@evil.example"]}, stored)
    assert (row.values[0].text, row.values[0].origin) == ("lea@evil.example", UNRECORDED)
    blocks = [argument("text", "content", text(("Hello", "person", None)))]
    (row,) = rows(POST, {"text": "Hello, pay me"}, blocks)
    assert (row.values[0].text, row.values[0].blocks) == ("Hello, pay me", ())


def test_a_value_from_elsewhere_comes_with_the_text_around_it():
    stored = [
        argument(
            "to",
            "dest",
            elsewhere("x@evil.example", 17, warning=because("lookalike", other="x@good.example")),
        )
    ]
    (row,) = rows(POST, {"to": ["x@evil.example"]}, stored)
    (one,) = row.values
    assert (one.bad, one.call, one.warning) == (True, 17, "Looks like x@good.example but is not.")
    assert one.around == ("Our bank has changed. Please write to ", "x@evil.example", " today.")


def test_a_text_is_told_apart_line_by_line():
    said = "Dear Lea,\n\nour bank has changed.\nSee https://evil.example\nBest"
    lines = said.splitlines(keepends=True)
    sources = [("agent", None), ("person", None), ("result", 17), ("leads", None), ("agent", None)]
    pieces = [(line, *source) for line, source in zip(lines, sources, strict=True)]
    (row,) = rows(POST, {"text": said}, [argument("text", "content", text(*pieces))])
    blocks = row.values[0].blocks
    assert [(one.kind, one.call) for one in blocks] == [
        ("agent", None),
        ("read", 17),
        ("leads", None),
        ("agent", None),
    ]
    assert "".join("".join(one.text for one in blocks).split()) == "".join(said.split())
    assert blocks[2].label.startswith("A link, an address or a code")


def test_to_a_second_person_your_words_are_somebody_elses():
    stored = [argument("to", "dest", value("a@b.example"), elsewhere("x@evil.example", 3))]
    (row,) = rows(POST, {"to": ["a@b.example", "x@evil.example"]}, stored, second("Mia Park"))
    assert row.values[0].origin == "Mia Park’s words in the instruction"
    assert row.values[1].origin.startswith("From others: call 3 returned it")


def test_hidden_characters_are_spelled_out():
    assert spelled_out("safe\u202eexe.txt\u200b") == "safe⟨U+202E⟩exe.txt⟨U+200B⟩"
    assert spelled_out("two\nlines\tand ünïcode 日本") == "two\nlines\tand ünïcode 日本"
    (row,) = rows(POST, {"to": ["a@b.example\nc@d.example"]}, [])
    assert row.values[0].text == "a@b.example⟨U+000A⟩c@d.example"


@pytest.mark.parametrize("stored", [[{}], [{"argument": "to"}], [{"argument": "to", "values": [{}]}]])
def test_an_account_with_holes_hides_nothing(stored):
    (row,) = rows(POST, {"to": ["a@b.example"]}, stored)
    assert (row.values[0].text, row.values[0].origin) == ("a@b.example", UNRECORDED)
