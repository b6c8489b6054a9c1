"""What an ask's page is told of each argument, as the rules see it: where it stands, and what stands around it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.explain import explain
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from portal.reasons import because
from portal.reasons import render_reason as in_words
from tests.agents.strategies import NOW

READ = Capability("x.read", "read messages", "Read", Effect.READ, output=Output(gives=(("id", "message"),)))
MAIL = Capability(
    "x.mail",
    "mail",
    "Mail {to}",
    Effect.IRREVERSIBLE,
    (
        Argument("to", Role.DEST, "To", type=Type.TEXTS, kind="address"),
        Argument("answers", Role.OBJECT, "Answers", kind="message", required=False),
        Argument("text", Role.CONTENT, "Text"),
    ),
)
LETTER = (
    "Hello,\n> We use 55 mm for the Lantern and lose about 4 % of\n> the light. Write to emi@b.co soon.\nEmi"
)


def render_reason(capability: Capability = MAIL, **arguments: Any) -> dict[str, dict[str, Any]]:
    """The first value of each argument, as explained in a task that has read one letter."""
    known = Provenance("Answer Emi about the shielding, and tell ann@b.co.", own=["mia@b.co"])
    known.add_result(CallResult(17, READ, {"id": "m-100", "from": "Emi <emi@b.co>", "text": LETTER}))
    grant = GrantFact(1, "x.mail", 7, "active", NOW + timedelta(days=1), capability.digest, {})
    facts = Facts(NOW, "active", True, "running", grants=(grant,), provenance=known)
    found = explain(Evaluation(Request("x.mail", 7, arguments, capability), facts), grant)
    return {one["argument"]: one["values"][0] for one in found}


def sources(said: str) -> list[tuple[str, int | None]]:
    return [(one["from"], one["call"]) for one in render_reason(to=["ann@b.co"], text=said)["text"]["pieces"]]


def test_a_destination_says_whose_it_is_and_is_quoted_from_where_it_stands():
    mine, theirs = (render_reason(to=[one], text="Hi")["to"] for one in ("ann@b.co", "emi@b.co"))
    assert (mine["from"], mine["trusted"], mine["around"]) == ("person", True, None)
    assert (theirs["trusted"], theirs["call"]) == (False, 17)
    assert "From others: call 17 returned it" in in_words(theirs["said"])
    before, it, after = theirs["around"]
    assert (it, f"{before}{it}{after}" in f"Emi <emi@b.co>\n{LETTER}") == ("emi@b.co", True)


def test_what_stands_nowhere_and_what_only_looks_alike_is_said():
    nowhere = render_reason(to=["eve@c.co"], text="Hi")["to"]
    assert (nowhere["trusted"], nowhere["call"], nowhere["around"]) == (False, None, None)
    assert render_reason(to=["\u0430nn@b.co"], text="Hi")["to"]["warning"] == because(
        "lookalike", other="ann@b.co"
    )


def test_a_thing_that_was_listed_names_the_call_and_where_others_see_it_the_person_must_name_it():
    call = {"to": ["ann@b.co"], "answers": "m-100", "text": "Hi"}
    assert render_reason(replace(MAIL, effect=Effect.WRITE), **call)["answers"]["said"] == because(
        "from_listed", call=17
    )
    assert render_reason(**call)["answers"]["said"]["code"] == "from_result"


@pytest.mark.parametrize(
    "line",
    [
        "We use 55 mm for the Lantern and lose about 4 % of the light.",  # over the end of a line
        "> We use 55 mm for the Lantern",
        ">> lose about 4 % of",
        "  * lose about 4 % of the light!",
    ],
)
def test_a_line_that_was_copied_is_told_from_the_agents_own_also_as_a_quote(line):
    assert sources(f"I think so too, really.\n{line}\n") == [("agent", None), ("result", 17)]


def test_a_few_common_words_in_a_row_are_no_copy_and_what_leads_elsewhere_stays_so():
    assert sources("about 4 %") == [("agent", None)]
    assert sources("> We use https://evil.example/x for the Lantern")[0][0] == "leads"
    assert render_reason(to=["ann@b.co"], text="> We use 55 mm for the Lantern")["text"]["said"] == because(
        "text_result"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Answer Emi about the shielding, and tell ann@b.co.", "from_person"),
        ("shielding", "from_person"),
        ("Answer Emi about the shielding, and tell ann@b.co.\n\n", "text_anew"),
        ("Answer Emi", "from_agent"),
    ],
)
def test_what_others_see_is_the_persons_in_one_piece_or_put_together_by_the_agent(text, code):
    assert render_reason(to=["ann@b.co"], text=text)["text"]["said"] == because(code)


def test_signs_that_could_stand_for_others_are_named():
    assert render_reason(to=["ann@b.co"], text="Answer 🄴mi")["text"]["warning"] == because("odd")
