"""Where a thing or a reader of a call comes from: lookups, what the task made or listed, what was put into it."""

from dataclasses import replace
from typing import Any

from agents.policy.declarations import Argument, Effect
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.facts import Agreed
from agents.policy.limits import ANY_WORDS
from agents.policy.origin import From, Origin
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.policy.value_origins import value_origin
from tests.agents.test_policy import GRANT
from tests.agents.test_value_origins import ASK, FILE, FOLDER, LIST, MAKE, MINE, SEND, TO, WHEN, WORD, origin

ONE = {"id": "f-1", "name": "Report", "to": "ann@b.co", "size": 2.5}


def test_a_trusted_lookup_vouches_for_its_kind_and_for_values():
    assert origin(TO, "ann@b.co", "", (ASK, ONE)) == Origin(From.LOOKUP, 1)
    assert origin(TO, "f-1", "", (ASK, ONE)) == Origin(From.UNKNOWN)
    assert origin(WORD, "report", "", (ASK, ONE)) == Origin(From.LOOKUP, 1)
    assert origin(WORD, 2.5, "", (LIST, {}), (ASK, ONE)) == Origin(From.LOOKUP, 2)
    assert origin(TO, "Report", "", (ASK, ONE)) == Origin(From.UNKNOWN)
    assert origin(WHEN, 2.5, "", (ASK, ONE)) == Origin(From.UNKNOWN)
    assert origin(TO, "ann@b.co", "", (LIST, ONE)) == Origin(From.UNKNOWN)


def test_what_the_task_made_is_of_its_making():
    assert origin(TO, "ann@b.co", "", (LIST, {}), (MAKE, ONE)) == Origin(From.CREATED, 2)
    assert origin(FILE, "f-1", "", (LIST, {}), (MAKE, ONE)) == Origin(From.CREATED, 2)
    assert origin(FOLDER, "f-1", "", (MAKE, ONE)) == Origin(From.UNKNOWN)
    assert origin(replace(TO, kind=""), "ann@b.co", "", (MAKE, ONE)) == Origin(From.UNKNOWN)


def test_of_several_made_things_others_see_the_one_that_the_person_names():
    made = [{"id": "f-100"}, {"id": "f-200"}]
    letter = (LIST, {"text": "Send f-200"})
    assert origin(FILE, "f-200", "", (MAKE, made)) == Origin(From.CREATED, 1)
    assert origin(FILE, "f-200", "", letter, (MAKE, made)) == Origin(From.UNKNOWN)
    assert origin(FILE, "f-200", "", letter, (MAKE, made[1])) == Origin(From.CREATED, 2)
    assert origin(FILE, "f-200", "", letter, (MAKE, made), capability=MINE) == Origin(From.CREATED, 2)
    assert origin(FILE, "f-200", "Send f-200", letter, (MAKE, made)) == Origin(From.PERSON)


def test_a_listed_thing_is_the_persons_where_they_name_it_or_nobody_has_a_say():
    report, other = {"id": "f-1", "name": "Old report"}, {"id": "f-2", "name": "Minutes"}
    listed = Origin(From.LISTED, 1)
    quiet = [{"id": "1"}, {"id": "2"}]
    assert origin(FILE, "2", "", (LIST, quiet)) == listed
    assert origin(FILE, "f-1", "Send the old report", (LIST, [report, other])) == listed
    assert origin(FILE, "f-2", "Send the old report", (LIST, [report, other])) == Origin(From.UNKNOWN)
    assert origin(FILE, "f-2", "Send it", (LIST, [report, other])) == Origin(From.UNKNOWN)
    mine = {"capability": MINE}
    assert origin(FILE, "f-2", "Read it", (LIST, [report, other]), **mine) == listed
    assert origin(FILE, "f-2", "Read the old report", (LIST, [report, other]), **mine) == Origin(From.UNKNOWN)
    assert origin(FILE, "f-1", "Read the old report", (LIST, [report, other]), **mine) == listed
    begun = {"id": "f-1", "name": "Old report of the board"}
    assert origin(FILE, "f-1", "Read the old report", (LIST, [begun, other]), **mine) == listed
    assert origin(FILE, "f-1", "How old is the report?", (LIST, [begun, other])) == Origin(From.UNKNOWN)
    two = [report, {"id": "f-3", "name": "Old report"}]
    assert origin(FILE, "f-1", "Send the old report", (LIST, two)) == Origin(From.UNKNOWN)
    assert origin(FILE, "f-9", "Send the old report", (LIST, two)) == Origin(From.UNKNOWN)


MIXES = {"id": "f-1", "to": "ann@b.co"}


def mixed(argument: Argument, value: str, words: str, **more: Any) -> Origin:
    """After a stranger's text was saved into this thing by the second call."""
    known = Provenance(words)
    known.add_result(CallResult(1, MAKE, MIXES))
    known.mixed.put(argument.kind, value, 2)
    call = CallOrigins(more.get("capability", SEND), {argument.name: value}, known)
    yes = more.get("agreed") and Agreed(SEND.name, 7, 1, 1, {argument.name: value})
    return value_origin(argument, value, GrantedCall(call, replace(GRANT, limits={}), yes))


def test_a_thing_inherits_what_was_put_into_it():
    assert mixed(FILE, "f-1", "") == Origin(From.MIXED, 2)
    assert mixed(FILE, "a/b.txt", "Send a/b.txt") == Origin(From.MIXED, 2)
    assert mixed(FILE, "a/b.txt", "Send it") == Origin(From.UNKNOWN)
    assert mixed(TO, "ann@b.co", "") == Origin(From.MIXED, 2)
    assert mixed(TO, "bob@b.co", "Write to bob@b.co") == Origin(From.PERSON)
    assert mixed(FILE, "f-1", "", capability=MINE) == Origin(From.CREATED, 1)
    assert mixed(FILE, "f-1", "", agreed=True) == Origin(From.AGREED)


FREE = {"text": ANY_WORDS}


def test_where_words_are_free_who_is_only_mentioned_is_not_told():
    words = "Read the mail from a@b.co and tell Lea"
    mentioned = Origin(From.MENTIONED)
    assert origin(TO, "a@b.co", words, limits=FREE) == mentioned
    assert origin(TO, "Lea", words, limits=FREE) == Origin(From.PERSON)
    assert origin(TO, "a@b.co", words) == Origin(From.PERSON)
    assert origin(TO, "a@b.co", words, limits={"file": {"only": ["x"]}}) == Origin(From.PERSON)
    fetch = replace(SEND, effect=Effect.FETCH)
    assert origin(TO, "a@b.co", words, limits=FREE, capability=fetch) == Origin(From.PERSON)
    assert origin(WORD, "a@b.co", words, limits=FREE) == Origin(From.PERSON)
    assert origin(TO, "me", words, limits=FREE) == Origin(From.SAFE)
