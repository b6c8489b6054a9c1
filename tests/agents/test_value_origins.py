"""Where one value of a call comes from: the person's words, a grant, a lookup, the task itself, or nobody knows."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.facts import Agreed
from agents.policy.origin import From, Origin
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.policy.value_origins import LONGEST_TOKEN, value_origin
from tests.agents.test_policy import GRANT

TO = Argument("to", Role.DEST, "Receiver", kind="address", safe=("me",))
FILE = Argument("file", Role.OBJECT, "File", kind="file", called=("sheet",))
FOLDER = Argument("folder", Role.OBJECT, "Folder", kind="folder", place=True)
WORD = Argument("word", Role.VALUE, "Status", kind="label_name", safe=("true", "none"))
WHEN = Argument("when", Role.TIME, "When")
TEXT = Argument("text", Role.CONTENT, "Text")
SEND = Capability(
    "box.send", "send", "Send", Effect.IRREVERSIBLE, (TO, FILE, FOLDER, WORD, WHEN, TEXT), tells="to"
)
MINE = replace(SEND, effect=Effect.WRITE, tells="")
LIST = Capability(
    "box.list",
    "list",
    "List",
    Effect.READ,
    output=Output(gives=(("id", "file"), ("folder", "folder"), ("to", "address"))),
    label="name",
)
ASK = replace(LIST, name="box.ask", output=replace(LIST.output, trusted=True))
MAKE = replace(LIST, name="box.make", effect=Effect.WRITE, output=replace(LIST.output, trusted=True))


def origin(
    argument: Argument,
    value: Any,
    words: str = "",
    *results: tuple[Capability, Any],
    capability: Capability = SEND,
    own: tuple[str, ...] = (),
    limits: Any = None,
    agreed: Any = None,
    more: Any = None,
) -> Origin:
    known = Provenance(words, own=own)
    for number, (declared, data) in enumerate(results, 1):
        known.add_result(CallResult(number, declared, data))
    call = CallOrigins(capability, {argument.name: value, **(more or {})}, known)
    yes = agreed and Agreed(SEND.name, 7, 1, 1, agreed)
    return value_origin(argument, value, GrantedCall(call, replace(GRANT, limits=limits or {}), yes))


PERSONS: list[tuple[Argument, Any, str]] = [
    (TO, "ann@b.co", "Write to ann@b.co."), (TO, "ANN@b.co", "Write to Ann@B.co"),
    (TO, "#general", "Post in #general"),
    (TO, "Ed", "Tell Ed"), (TO, "4711235", "Pay it to account 4711235"), (TO, "471123", "Pay to account 471123"),
    (TO, "1500", "Send it to 1500"), (TO, "https://b.co/x", "Post it on b.co/x"),
    (TO, "http://b.co", "Post it on b.co"),
    (TO, "https://B.CO/x", "Post it on https://b.co/x"), (TO, "report(1)", "Put it into report(1)"),
    (TO, "https://b.co:80/x", "Post it on b.co:80/x"), (TO, "[a]-b", "Put it into [a]-b"), (TO, "{a}-b", "Use {a}-b"),
    (TO, "a" * LONGEST_TOKEN, "Put it into " + "a" * LONGEST_TOKEN), (TO, "Anna Lee", "Tell Anna Lee"),
    (TO, "12 345 678", "Pay it to 12 345 678"), (TO, "Ann's team", "Tell Ann's team"),
    (WORD, "kestrel", "Set it to kestrel"), (WORD, "kestrel", "Kestrel is fine. Use 'kestrel'"),
    (WORD, "urgent", "Label it urgent"), (WORD, "urgent", "Name them urgent"), (WORD, "urgent", "status is urgent"),
    (WORD, "in progress", "It is in progress"), (WORD, "done", "status: done"), (WORD, "done", "status → done"),
    (WORD, "x1", "Use x1"), (WORD, "1500", "Pay 1500"), (WORD, "98.70", "Pay 98.70 for it"),
    (WORD, 98.7, "Pay 98.70"),
    (WORD, "https://b.co/X", "Set it to https://B.co/X"),
    (FILE, "a/b.txt", "Send a/b.txt"), (FILE, "13", "Send file 13"), (FILE, 13, "Send file 13"),
    (FILE, "13", "Send the file number 13"), (FILE, "13", "Send file no. 13"),
    (FILE, "13", "Send file with the id 13"),
    (FILE, "13", "Send file: #13"), (FILE, "Bills", "Send the sheet Bills"),
    (FILE, "Bills", "Send the file called Bills"),
    (FILE, "Bills", "Send “Bills”"), (FOLDER, "Bills", "Move it to Bills"), (FILE, "ab12", "Send ab12"),
    (FILE, "Bi", "Send “Bi”"),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "value", "words"), PERSONS)
def test_what_the_person_wrote_is_theirs(argument: Argument, value: Any, words: str):
    assert origin(argument, value, words) == Origin(From.PERSON)


NOBODYS: list[tuple[Argument, Any, str]] = [
    (TO, "ann@b.co.", "Write to ann@b.co."), (TO, "(ann@b.co)", "Write to (ann@b.co)"), (TO, "a", "Send it to a"),
    (TO, "a@b.co,c@d.co", "Write to a@b.co,c@d.co"), (TO, "https://me@b.co/x", "Post on https://me@b.co/x"),
    (TO, "a@b.co@c.co", "Write to a@b.co@c.co"), (TO, "ann <ann@b.co>", "Write to ann <ann@b.co>"),
    (TO, "ann", "Write to ann@b.co"), (TO, "b.co", "Write to ann@b.co"), (TO, "send", "Send it"),
    (TO, "it", "Send it"),
    (TO, "47112", "Pay to account 47112"), (TO, "15", "on 15 May"), (TO, "report(1", "Put it into report(1"),
    (TO, "report[1", "Put it into report[1"), (TO, "report{1", "Put it into report{1"), (TO, "?!", "What ?!"),
    (TO, "https://b.co/X", "Post it on https://b.co/x"), (TO, "https://b.co/X", "Post it on b.co/x"),
    (TO, "b.co?Q", "Post it on b.co?q"), (TO, "b.co#Q", "Post it on b.co#q"),
    (TO, "ftp://b.co/x", "Post it on b.co/x"),
    (TO, "https://b.co/@ann", "Post it on b.co/@ann"), (TO, "https://localhost/x", "Post it on localhost/x"),
    (TO, "Anna  Lee", "Tell Anna  Lee"),
    (TO, "An\nna", "An\nna"),
    (TO, "a" * (LONGEST_TOKEN + 1), "Put it into " + "a" * (LONGEST_TOKEN + 1)), (TO, "", "Write"),
    (TO, " ", "To  me"),
    (TO, 1500, "Pay 1500"), (TO, True, "It is true"), (TO, None, "None"), (TO, ["ann@b.co"], "['ann@b.co']"),
    (TO, "“ann", "Tell “ann and bob”"), (TO, "Ann’", "Tell Ann’ today"), (TO, "Ann\u200b", "Tell Ann\u200b"),
    (WORD, "kestrel", "The kestrel flies"), (WORD, "status", "The status is status"), (WORD, "to", "Set it to to"),
    (WORD, "urgent", "Mail them urgent"), (WORD, "4711235", "Pay to account 4711235"), (WORD, 15, "on 15 May"),
    (WORD, "15", "on 15 May"),  (WORD, float("nan"), "Set it to nan"),
    (WORD, float("inf"), "Set it to inf"), (WORD, "https://b.co/x", "Set it to b.co/x"), (WORD, "box", "It is box"),
    (WORD, "label", "It is label"),
    (WHEN, 1500, "Pay 1500"), (FILE, "13", "on June 13"), (FILE, "13", "Send profile 13"),
    (FILE, "13", "Send file 13.5"),
    (FILE, "13", "Send file 13-a"), (FILE, "13", "Pay file 13%"), (FILE, "abc1", "Send abc12"),
    (FILE, "Bills", "Pay bills"),
    (FILE, "sheet", "Send the sheet called sheet"), (FILE, "the", "Send “the”"), (FILE, "B", "Send “B”"),
    (FILE, "Bills", "Move it to Bills"), (FOLDER, "Bills", "Send the bills"), (FILE, "", "Send file"),
    (FILE, "a1", "Send a1"),
    (replace(FILE, kind=""), "a/b.txt", "Send a/b.txt"), (FILE, "13", "Send file 15 and 14"),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "value", "words"), NOBODYS)
def test_a_word_of_the_sentence_or_a_piece_of_something_longer_is_no_mandate(
    argument: Argument, value: Any, words: str
):
    assert origin(argument, value, words) == Origin(From.UNKNOWN)


def test_safe_values_and_what_the_grant_allows_need_no_other_origin():
    assert origin(TO, "me") == Origin(From.SAFE)
    assert origin(WORD, True) == Origin(From.SAFE)
    assert origin(WORD, "true") == Origin(From.SAFE)
    assert origin(WORD, False) == Origin(From.UNKNOWN)
    assert origin(TO, "True") == Origin(From.UNKNOWN)
    assert origin(TO, "ann@b.co", limits={"to": {"only": ["*@b.co"]}}) == Origin(From.LIMITS)
    assert origin(TO, "ann@c.co", limits={"to": {"only": ["*@b.co"]}}) == Origin(From.UNKNOWN)
    assert origin(TO, "ann@b.co", limits={"file": {"only": ["*"]}}) == Origin(From.UNKNOWN)


def test_a_yes_to_such_calls_vouches_for_the_same_argument_only():
    assert origin(TO, "ann@b.co", agreed={"to": "ann@b.co"}) == Origin(From.AGREED)
    assert origin(TO, "ann@b.co", agreed={"to": "bob@b.co"}) == Origin(From.UNKNOWN)
    assert origin(TO, "ann@b.co", agreed={"file": "ann@b.co"}) == Origin(From.UNKNOWN)


def test_the_persons_own_address_is_theirs_as_a_destination_only():
    assert origin(TO, "MIA@b.co", own=("mia@b.co",)) == Origin(From.OWN)
    assert origin(WORD, "mia@b.co", own=("mia@b.co",)) == Origin(From.UNKNOWN)


def test_a_number_and_a_text_that_read_alike_are_looked_at_each_for_itself():
    known = Provenance("Pay 1500 to account 47.")
    call = GrantedCall(CallOrigins(SEND, {}, known), replace(GRANT, limits={}))
    number = replace(WORD, type=Type.NUMBER)
    assert [value_origin(number, value, call).source for value in (1500, "1500", True, 1, "True")] == [
        From.PERSON,
        From.PERSON,
        From.SAFE,
        From.UNKNOWN,
        From.UNKNOWN,
    ]
    assert value_origin(replace(TO, name="cc"), "1500", call) == Origin(From.PERSON)
