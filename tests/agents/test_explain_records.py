"""A record of an ask's page, whole: each origin's sentence with its parameters, what stands around, and warnings."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.policy.declarations import Argument, Effect, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.explain import explain
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from portal.reasons import because
from tests.agents.strategies import NOW
from tests.agents.test_explain import MAIL as MAILED
from tests.agents.test_explain import READ

MAIL = replace(
    MAILED,
    arguments=(
        *MAILED.arguments,
        Argument("title", Role.NAME, "Title", required=False),
        Argument("amount", Role.VALUE, "Amount", Type.NUMBER, required=False, safe=("0",)),
        Argument("when", Role.TIME, "When", required=False),
    ),
)
WORDS = "Write to ann@b.co that all is well, and name it Board news."


def told(
    arguments: dict[str, Any],
    read: str = "A letter",
    attached: str = "",
    limits: Any = None,
    effect: Effect = MAIL.effect,
    words: str = WORDS,
) -> dict[str, dict[str, Any]]:
    capability = replace(MAIL, effect=effect)
    known = Provenance(words, own=["mia@b.co"], attached=attached)
    known.add_result(CallResult(17, READ, {"id": "m-100", "text": read}))
    grant = GrantFact(1, "x.mail", 7, "active", NOW + timedelta(days=1), capability.digest, limits or {})
    facts = Facts(NOW, "active", True, "running", grants=(grant,), provenance=known)
    request = Request("x.mail", 7, arguments, capability)
    return {record["argument"]: record for record in explain(Evaluation(request, facts), grant)}


def value(argument: str, given: Any, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = told({argument: given}, **more)[argument]["values"][0]
    return found


def test_a_record_holds_the_argument_and_each_value_whole():
    known = {
        "pieces": [{"text": "ann@b.co", "from": "person", "call": None}],
        "from": "person",
        "trusted": True,
        "said": because("from_person"),
        "call": None,
        "around": None,
        "warning": {},
    }
    read = {
        "pieces": [{"text": "Eve@c.co", "from": "result", "call": 17}],
        "from": "result",
        "trusted": False,
        "said": because("from_result", call=17, title="read messages"),
        "call": 17,
        "around": ["Write to ", "eve@c.co", " soon"],
        "warning": {},
    }
    records = told({"to": ["ann@b.co", "Eve@c.co"], "text": ""}, read="Write to eve@c.co soon")
    assert records == {
        "to": {"argument": "to", "title": "To", "role": "dest", "values": [known, read]},
    }


def test_at_most_fifty_values_of_an_argument_are_explained():
    assert len(told({"to": [f"x{number}@c.co" for number in range(51)]})["to"]["values"]) == 50


@pytest.mark.parametrize(
    ("argument", "given", "said", "more"),
    [
        ("to", ["mia@b.co"], because("from_own"), {}),
        ("to", ["eve@c.co"], because("from_unknown"), {}),
        ("amount", 0, because("from_safe"), {}),
        (
            "to", ["eve@c.co"], because("from_limits", limit={"only": ["@c.co"]}),
            {"limits": {"to": {"only": ["@c.co"]}}},
        ),
        (
            "to", ["eve@c.co"], because("from_attached", title="the text that was given along"),
            {"attached": "From eve@c.co"},
        ),
        ("answers", "m-100", because("from_listed", call=17), {"effect": Effect.WRITE}),
        ("when", "tomorrow", because("from_unknown"), {}),
        ("when", "tomorrow", because("from_result", call=17, title="read messages"), {"read": "Come tomorrow"}),
    ],
)  # fmt: skip
def test_each_origin_of_a_value_has_its_sentence(argument: str, given: Any, said: dict, more: dict[str, Any]):
    assert value(argument, given, **more)["said"] == said


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", ["", "eve@c.co", ""]),
        ("a ", " b", ["a ", "eve@c.co", " b"]),
        ("k" * 159 + " ", " " + "k" * 159, ["k" * 159 + " ", "eve@c.co", " " + "k" * 159]),
        ("k" * 160 + " ", " " + "k" * 160, ["…" + "k" * 159 + " ", "eve@c.co", " " + "k" * 159 + "…"]),
        ("", " or eve@c.co", ["", "eve@c.co", " or eve@c.co"]),
        ("ŉ ", "", None),
    ],
)
def test_a_value_of_others_is_quoted_with_what_stands_around_it(
    before: str, after: str, shown: list[str] | None
):
    assert value("to", ["eve@c.co"], read=f"{before}eve@c.co{after}")["around"] == shown


@pytest.mark.parametrize(
    ("argument", "given", "warning", "limits"),
    [
        ("to", ["eve\u200b@c.co"], because("hidden"), {}),
        ("to", ["m\u0456a@b.co"], because("lookalike", other="mia@b.co"), {}),
        ("to", ["\u0435ve@c.co"], because("lookalike", other="eve@c.co"), {"to": {"only": ["eve@c.co"]}}),
        ("to", ["\u0435ve@c.co"], because("alphabets"), {"to": {"only": "eve@c.co"}}),
        ("to", ["\u0435ve@c.co"], because("alphabets"), {"to": {"max": 5}}),
        ("to", ["\u0435ve@c.co"], because("alphabets"), {"to": {"only": 5}}),
        ("to", ["\u0435ve@c.co"], because("alphabets"), {}),
        ("to", ["eve@c.co"], {}, {}),
        ("answers", "\u0435ve", {}, {}),
        ("to", ["ann@b.co"], {}, {}),
        ("to", ["ANN@b.co"], {}, {}),
        ("to", ["m\u0456@b.co"], {}, {"to": {"only": ["*"]}}),
    ],
)
def test_what_the_eye_would_not_see_is_warned_of(argument: str, given: Any, warning: dict, limits: dict):
    assert value(argument, given, limits=limits)["warning"] == warning


# -- texts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "text", "origin", "said", "warning"),
    [
        ("title", "Board news", "person", "from_person", {}),
        ("title", "Other news", "agent", "from_agent", {}),
        ("text", "all is well, and name it Board news.", "person", "from_person", {}),
        ("text", "Hi\u200b there", "leads", "text_leads", because("hidden")),
        ("text", "Hi there 🄴", "agent", "from_agent", because("odd")),
        ("text", "Hi there", "agent", "from_agent", {}),
        ("text", "See evil.example/x", "leads", "text_leads", {}),
        ("text", "I think so\nthey say that we lose a lot", "result", "text_result", {}),
    ],
)
def test_a_text_says_its_weakest_origin(argument: str, text: str, origin: str, said: str, warning: dict):
    found = value(argument, text, read="they say that we lose a lot")
    assert (found["from"], found["said"], found["warning"]) == (origin, because(said), warning)
    assert found["around"] is None


def test_an_empty_line_is_nobodys_and_counts_as_the_agents():
    found = value("text", [""])
    assert [(piece["text"], piece["from"]) for piece in found["pieces"]] == [("", "agent")]


def test_copied_items_are_told_from_sentences():
    found = value("text", "- flour\n- sugar\n", read="- flour\n- sugar\n- salt", effect=Effect.WRITE)
    assert (found["from"], found["call"], found["said"]) == ("listed", 17, because("text_listed"))
    assert [(piece["text"], piece["call"]) for piece in found["pieces"]] == [
        ("- flour\n", 17),
        ("- sugar\n", 17),
    ]


def test_a_name_spelled_anew_is_the_persons_where_only_the_owner_sees_it():
    assert value("title", "board news", effect=Effect.WRITE)["from"] == "person"
    assert value("title", "board news")["from"] == "agent"


def test_nothing_is_explained_of_what_is_not_known():
    grant = GrantFact(1, "x.mail", 7, "active", NOW, MAIL.digest, {})
    facts = Facts(NOW, "active", True, "running", grants=(grant,))
    assert explain(Evaluation(Request("x.mail", 7, {"to": ["ann@b.co"]}, MAIL), facts), grant) == []
