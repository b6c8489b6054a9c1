"""The trail's sentences: every event reads as what happened, also where an old entry has no details."""

import ast
import re
from pathlib import Path

import pytest

from agents.connectors import catalogue, connectors
from portal.audit.models import Entry
from portal.audit.sentences import all_events, sentence, templates
from portal.reasons import because, fields
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]
ALWAYS = {"actor", "target", "Target", "whose", "theirs"}
EVENTS = pytest.mark.parametrize("event", templates())


@EVENTS
def test_an_entry_without_details_still_reads(event: str) -> None:
    said = sentence(event, "Ada Osei", "the target")
    assert said[0].isupper()
    assert re.search(r"[{}|]|\s[,:)]|\($|:$|\b(to|in|of|for|until|by)$|  ", said) is None
    assert event not in said


@EVENTS
def test_the_last_alternative_needs_nothing_and_the_first_has_its_own(event: str) -> None:
    found = [{name for name, _ in fields(each)} for each in templates()[event]]
    assert found[-1] <= ALWAYS
    assert all(each - ALWAYS for each in found[:-1])


def test_each_detail_that_a_sentence_needs_is_one_that_some_verb_gives() -> None:
    given = {"agent", "capability", "connection"}  # Call.named
    for app in ("agents", "metering", "portal"):
        for path in (ROOT / app).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
                if name in {"detail", "also"}:
                    given |= {keyword.arg for keyword in call.keywords if keyword.arg}
    needed = {name for found in templates().values() for each in found for name, _ in fields(each)}
    assert needed - ALWAYS <= given


def test_every_event_is_one_that_some_verb_leaves() -> None:
    """An event that nothing leaves is dead."""
    for app in ("agents", "metering", "portal"):
        declared = re.findall(r"^    ([A-Z_]+) = ", (ROOT / app / "events.py").read_text(), re.M)
        source = "\n".join(path.read_text() for path in (ROOT / app).rglob("*.py"))
        used = set(re.findall(r"\bEvent\.([A-Z_]+)\b", source))
        assert set(declared) - used == set()


def test_the_list_of_events_says_each_once() -> None:
    listed = all_events()
    assert all(words and "{" not in words and "|" not in words for _, words in listed)
    assert len(dict(listed)) == len(listed) == len(templates())


@pytest.mark.parametrize(
    ("event", "actor", "target", "details", "said"),
    [
        (
            "call.allowed",
            "Inbox triage",
            "chat.post on Portal chat",
            {"agent": "Inbox triage", "capability": "chat.post", "connection": "Portal chat"},
            "Inbox triage posted in Portal chat",
        ),
        ("call.allowed", "Inbox triage", "chat.post on Portal chat", {}, "Inbox triage used chat.post on Portal chat"),
        (
            "call.denied",
            "Inbox triage",
            "mail.move on Support mailbox",
            {"agent": "Inbox triage", "capability": "mail.move", "connection": "Support mailbox"},
            "Inbox triage was not allowed to move a message in Support mailbox",
        ),
        (
            "call.allowed",
            "Runner",
            "wiki.edit on Wiki",
            {"agent": "Runner", "capability": "wiki.edit", "connection": "Wiki"},
            "Runner used wiki.edit in Wiki",
        ),
        ("task.resumed", "Mia Park", "task 1 of Inbox triage", {"after": "Mia Park"},
         "Task 1 of Inbox triage went on after Mia Park’s answer"),
        ("task.resumed", "Agent Portal", "task 1 of Inbox triage", {"after": ""}, "Task 1 of Inbox triage went on"),
        ("person.moved", "Ada Osei", "Mia Park", {"manager": "Lea Brandt → Ada Osei"},
         "Ada Osei changed Mia Park’s manager: Lea Brandt → Ada Osei"),
        ("grant.granted", "Lea Brandt", "“read messages” on Support mailbox for Inbox triage",
         {"until": "2026-12-29T12:00:00+00:00"},
         "Lea Brandt granted “read messages” on Support mailbox for Inbox triage until 29 Dec 2026"),
        ("report.opened", "Lea Brandt", "Mia Park", {"first": "2026-10-05", "last": "2026-11-01"},
         "Lea Brandt saw what the agents of Mia Park cost (5 Oct 2026 to 1 Nov 2026)"),
        ("gone.by", "Ada Osei", "something", {}, "Ada Osei gone.by something"),
    ],
)  # fmt: skip
def test_what_happened(event: str, actor: str, target: str, details: dict[str, object], said: str) -> None:
    assert sentence(event, actor, target, details) == said


def test_a_name_is_never_read_as_a_template() -> None:
    said = sentence("person.invited", "A {target} | B", "{actor}", {})
    assert said == "A {target} | B invited {actor}"


@pytest.mark.django_db
def test_what_a_person_does_to_themselves_is_their_own(cast: Cast) -> None:
    same = Entry(event="person.edited", actor=cast.mia, actor_name="Mia Park", target_type="person",
                 target_id=cast.mia.pk, target_name="Mia Park")  # fmt: skip
    assert str(same) == "Mia Park changed their own profile"
    same.actor = cast.ada
    same.actor_name = "Ada Osei"
    assert str(same) == "Ada Osei changed Mia Park’s profile"
    assert same.told(cast.mia) == "Ada Osei changed your profile"
    assert same.told(cast.ada) == "You changed Mia Park’s profile"
    assert same.told(cast.lea) == str(same)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "details", "said"),
    [
        ("person.joined", {}, "You accepted the invitation"),
        ("account.acknowledged", {}, "You said whether a sign-in link was yours"),
        ("correction.requested", {"what": "5 May"}, "You reported usage as not yours: 5 May"),
    ],
)
def test_the_reader_of_an_entry_is_you(cast: Cast, event: str, details: dict[str, object], said: str) -> None:
    entry = Entry(event=event, actor=cast.mia, actor_name="Mia Park", target_type="person",
                  target_id=cast.mia.pk, target_name="Mia Park", details=details)  # fmt: skip
    assert entry.told(cast.mia) == said
    assert "You" not in str(entry)


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"why": because("worker_gone")}, "Its worker process is gone."),
        ({"note": "Only until Friday"}, "“Only until Friday”"),
        ({"why": "", "note": ""}, ""),
        ({"reason": "Words of a model"}, "not shown: words of a model"),
    ],
)
def test_an_entry_says_why(details: dict[str, object], why: str) -> None:
    assert Entry(event="task.failed", details=details).why == why


def test_every_capability_has_words_for_the_trail() -> None:
    worded = {name for connector in connectors().values() for name in connector.deeds}
    assert worded == set(catalogue())
