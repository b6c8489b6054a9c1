"""The one record that the person's words fit, of those that are listed; and the one that they leave out."""

from dataclasses import replace

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from agents.policy.fitting import fits, is_mandate, label_words, may_fit, said_words
from agents.policy.language.naming import is_asked, is_excepted
from agents.policy.language.tokens import compared
from tests.agents.told import Told

ORDERS = Capability(
    "shop.orders",
    "see orders",
    "See orders",
    Effect.READ,
    output=Output(gives=(("id", "order"),)),
    label="name",
)
REFUND = Capability(
    "shop.refund",
    "refund an order",
    "Refund {order}",
    Effect.IRREVERSIBLE,
    (Argument("order", Role.OBJECT, "Order", kind="order"),),
    Output(trusted=True),
)
BOUGHT = [
    {"id": "o-1", "name": "Northwind Mens T-Shirt"},
    {"id": "o-2", "name": "Precision Wireless Mouse"},
    {"id": "o-3", "name": "SpeedStep Running Shoes"},
]
ASKS = "Please refund the shoes I bought today."


def listed(instruction: str = ASKS, bought: object = BOUGHT, orders: Capability = ORDERS) -> Told:
    task = Told(instruction)
    task.call(orders, bought)
    return task


def refunds(task: Told, order: str = "o-3", capability: Capability = REFUND) -> str:
    return task.verdict(capability, {"order": order})


@pytest.mark.parametrize(
    "instruction",
    [
        ASKS,
        "I bought running shoes today. Refund them.",
        "Check the rating of my shoes. If it is low, refund the order.",
        "Refund my new running shoe.",
    ],
)
def test_the_only_one_that_can_be_meant(instruction):
    task = listed(instruction)
    assert refunds(task) == "allow"
    assert refunds(task, "o-1") == refunds(task, "o-2") == "ask"


@pytest.mark.parametrize(
    "instruction",
    [
        "How are the shoes I bought?",
        "Do not refund the shoes.",
        "Refund what I bought today.",
        "Refund it, shoes hurt.",
        "Refund the shoes and the mouse.",
        "Refund the shoes, not the mouse.",
        "Refund everything except the shoes.",
        "Leave the shoes alone and never refund the shoes.",
        "Do not touch the shoes. Refund my lamp.",
    ],
)
def test_unasked_unnamed_several_or_left_out(instruction):
    assert refunds(listed(instruction)) == "ask"


def test_another_that_could_be_meant_makes_it_none():
    in_full = listed(bought=[*BOUGHT, {"id": "o-9", "name": "Shoes"}])
    assert (refunds(in_full), refunds(in_full, "o-9")) == ("ask", "allow")
    assert refunds(listed(bought=[*BOUGHT, {"id": "o-9", "name": "Trail shoes for all"}])) == "ask"


def test_only_in_a_private_list_of_which_nobody_signs_a_record():
    assert refunds(listed(orders=replace(ORDERS, output=replace(ORDERS.output, private=False)))) == "ask"
    assert refunds(listed(orders=replace(ORDERS, output=replace(ORDERS.output, author="from")))) == "ask"
    assert refunds(listed(orders=replace(ORDERS, foreign=True))) == "ask"


def test_words_of_others_are_no_mandate():
    foreign = replace(REFUND, foreign=True)
    assert not is_mandate(foreign, compared(ASKS))
    assert is_mandate(REFUND, compared(ASKS))
    assert is_mandate(replace(REFUND, name="x.y", title="give and refund"), compared(ASKS))
    assert not is_mandate(replace(REFUND, name="x.y", title="order a refund"), compared(ASKS))


def test_words():
    assert label_words("Two Runs, glass") == ("two", "run", "glass")
    assert label_words(7) == ()
    assert may_fit(("mouse",), said_words("My mouse's")) is False
    assert may_fit(("mouse",), said_words("Two mouses"))
    assert not fits(("the", "my"), "the my")
    assert fits(("t", "shirt"), "the t-shirt i bought")
    assert not fits(("shirt",), "shirt me")


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("please rebuy it", True),
        ("re-buy it", True),
        ("buyer", False),
        ("don't buy it", False),
        ("i never buy", False),
    ],
)
def test_asked(text, is_so):
    assert is_asked("buy", text) is is_so


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("all except for the blue lamp", True), ("everything but the blue lamp.", True),
        ("alles außer blue lamp", True),
        ("the blue lamp", False), ("except the old one, take blue lamp", False), ("nothing here", False),
        ("all except the blue lamp. then buy the blue lamp", False),
    ],
)  # fmt: skip
def test_excepted(text, is_so):
    assert is_excepted("blue lamp", text) is is_so


REMOVE = replace(REFUND, name="cart.remove", effect=Effect.WRITE)


def test_all_but_one_leaves_that_one():
    task = listed("Remove everything except for the Precision Wireless Mouse.")
    assert refunds(task, "o-1", REMOVE) == refunds(task, "o-3", REMOVE) == "allow"
    assert refunds(task, "o-2", REMOVE) == "ask"
    named = listed("Remove the Precision Wireless Mouse.")
    assert (refunds(named, "o-2", REMOVE), refunds(named, "o-1", REMOVE)) == ("allow", "ask")
