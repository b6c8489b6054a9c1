"""A code completes a call of the task that waits for it, once, and no other."""

from dataclasses import replace

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from tests.agents.told import Told

ORDER = Capability(
    "shop.order",
    "order",
    "Order {thing}",
    Effect.IRREVERSIBLE,
    (Argument("thing", Role.OBJECT, "Thing", kind="thing"),),
    Output(trusted=True),
)
CONFIRM = Capability(
    "shop.confirm",
    "confirm",
    "Confirm with {code}",
    Effect.IRREVERSIBLE,
    (Argument("code", Role.VALUE, "Code", kind="code"),),
    Output(trusted=True),
)
MAIL = Capability("mail.read", "read", "Read", Effect.READ)
SENT = "Please confirm it. A one-time password has been sent to your inbox."
DONE = "Confirmed."


def ordered(said: str = SENT, *, order: Capability = ORDER, mail: str = "Your code is 316053") -> Told:
    task = Told("Order the thing T-77.")
    task.call(order, said, thing="T-77")
    task.call(MAIL, {"text": mail})
    return task


def enters(task: Told, code: str = "316053", on: int = 7) -> str:
    return task.verdict(CONFIRM, {"code": code}, on)


def test_the_code_of_a_call_that_waits_needs_no_ask():
    assert enters(ordered()) == "allow"


@pytest.mark.parametrize(
    "said",
    [
        "Ein Bestätigungscode wurde verschickt.",
        "Un code de confirmation a été envoyé.",
        "Se ha enviado un código de verificación.",
        "È stato inviato un codice di verifica.",
    ],
)
def test_services_say_it_in_their_languages(said):
    assert enters(ordered(said)) == "allow"


@pytest.mark.parametrize(
    "said", ["Ordered.", "The code is wrong.", "An invoice has been sent to your inbox."]
)
def test_where_no_service_sent_a_code_nothing_waits(said):
    assert enters(ordered(said)) == "ask"


def test_what_others_could_have_said_makes_nothing_wait():
    assert enters(ordered(order=replace(ORDER, output=Output(trusted=False)))) == "ask"
    task = Told("Order the thing T-77.")
    task.call(MAIL, {"text": SENT})
    task.call(MAIL, {"text": "Your code is 316053"})
    assert enters(task) == "ask"


def test_one_call_takes_one_code():
    task = ordered()
    task.call(CONFIRM, DONE, code="316053")
    task.call(MAIL, {"text": "Use 931204 to approve it"})
    assert enters(task, "931204") == "ask"
    assert enters(task) == "ask"


def test_a_wrong_code_uses_it_up_too():
    task = ordered(mail="Codes: 316053 and 111222")
    task.call(CONFIRM, "The code is wrong.", code="111222")
    assert enters(task) == "ask"


def test_two_calls_take_two_codes():
    task = Told("Order the thing T-77 and T-78.")
    task.call(ORDER, SENT, thing="T-77")
    task.call(ORDER, SENT, thing="T-78")
    task.call(MAIL, {"text": "Your codes are 481269 and 050400"})
    for code in ("481269", "050400"):
        assert enters(task, code) == "allow"
        task.call(CONFIRM, DONE, code=code)
    assert enters(task, "481269") == "ask"


def test_a_code_that_was_there_before_the_call_is_another_calls():
    task = Told("Order the thing T-77.")
    task.call(MAIL, {"text": "Your code is 316053"})
    task.call(ORDER, SENT, thing="T-77")
    task.call(MAIL, {"text": "Your code is 316053"})
    assert enters(task) == "ask"


@pytest.mark.parametrize("code", ["999999", "31605", "316053 ", "code"])
def test_only_a_whole_token_that_was_read(code):
    assert enters(ordered(), code) == "ask"


def test_another_connection_sent_no_code():
    assert enters(ordered(), on=8) == "ask"


def test_a_value_of_another_kind_is_no_code():
    task = ordered()
    amount = replace(CONFIRM, arguments=(replace(CONFIRM.arguments[0], kind="amount"),))
    assert task.verdict(amount, {"code": "316053"}) == "ask"


def test_what_takes_something_away_asks_all_the_same():
    assert ordered().verdict(replace(CONFIRM, effect=Effect.DESTRUCTIVE), {"code": "316053"}) == "ask"
